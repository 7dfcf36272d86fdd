"""The schools a role can be limited to. The room that keeps schools registers itself here in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from accounts import sections

Choices = Sequence[tuple[str, str]]
"""(学校コード, 校名)"""

_providers: list[Callable[[], Choices]] = []


def register(provider: Callable[[], Choices]) -> None:
    """`provider` is asked inside the scope of a request; it must answer [] in the console."""
    if provider not in _providers:
        _providers.append(provider)


def choices() -> list[tuple[str, str]]:
    return [choice for provider in _providers for choice in provider()]


def places() -> list[tuple[str, str]]:
    """What a role can be limited to: the schools, and the 係・担当 that are not over."""
    return [*choices(), *sections.choices()]


def name_of(code: str) -> str:
    """校名 or 係・担当 for a code, the code itself when unknown, すべての学校 for the empty one."""
    if not code:
        return "すべての学校"
    if sections.is_section(code):
        found = sections.of_code(code)
        return found.name if found else code
    return dict(choices()).get(code, code)
