"""係・担当 where a school may stand: what a role limited to one sees, and its name."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from accounts.models.sections import PREFIX, Section


def is_section(code: str) -> bool:
    return code.startswith(PREFIX)


def of_code(code: str) -> Section | None:
    number = code.removeprefix(PREFIX)
    return (
        Section.objects.filter(pk=number).first()
        if is_section(code) and number.isascii() and number.isdigit()
        else None
    )


def expanded(codes: Collection[str]) -> set[str]:
    """学校コード for codes among which sections may be: each stands for its schools of today, an unknown one for none."""
    plain = {code for code in codes if not is_section(code)}
    numbers = [code.removeprefix(PREFIX) for code in codes if is_section(code)]
    if not numbers:
        return plain
    today = timezone.localdate()
    known = Section.objects.filter(pk__in=[int(number) for number in numbers if number.isdigit()])
    return plain.union(*(one.school_codes for one in known if one.is_in_force(today)))


def choices() -> list[tuple[str, str]]:
    """(code, 名称) of those that are not over."""
    today = timezone.localdate()
    return [(one.code, one.name) for one in Section.objects.all() if one.ends_on is None or one.ends_on >= today]
