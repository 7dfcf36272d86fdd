"""What a workbook would do, compared with the accounts there are: one line a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from accounts import schools
from accounts.models import RoleAssignment, User
from accounts.models.people import why_not_a_username
from accounts.roles import Role
from domain.staffing.models import TransferLine
from domain.staffing.reading import WantedPerson, WantedRole
from web.dates import to_wareki_short

Kind = TransferLine.Kind
OWN_MOVE = "自分の異動は提案できません。別の人に依頼し、この行を今のままに戻すか消してください。"


def lines_of(people: Iterable[WantedPerson], effective_on: date, by: User) -> list[TransferLine]:
    """One unsaved line for each person, in the order of the file."""
    wanted = list(people)
    known = {user.username: user for user in User.objects.filter(username__in=[one.username for one in wanted])}
    held = roles_on(known.values(), effective_on)
    return [_line(one, known.get(one.username), held, effective_on, by) for one in wanted]


def roles_on(users: Iterable[User], day: date) -> dict[int, list[RoleAssignment]]:
    """Each person's own roles (no deputy's) that are in force on `day` or begin later."""
    found: dict[int, list[RoleAssignment]] = {}
    rows = RoleAssignment.objects.filter(user__in=list(users), acting_for=None)
    for row in rows.filter(Q(ends_on=None) | Q(ends_on__gte=day)):
        found.setdefault(row.user_id, []).append(row)
    return found


def _line(
    one: WantedPerson, user: User | None, held: dict[int, list[RoleAssignment]], day: date, by: User
) -> TransferLine:
    has = held.get(user.pk, []) if user is not None else []
    errors = [*one.errors, *_contradictions(one, user, has)]
    over = user.ends_on if user is not None and user.ends_on is not None and user.ends_on < day else None
    line = TransferLine(row=one.row, username=one.username, name=one.name)
    if errors:
        line.kind, line.words = Kind.ERROR, "\n".join(errors)
    elif one.leaves:
        line.kind, line.words = _leaving(user, day)
    elif user is None:
        line.kind, line.words = Kind.NEW, "、".join(role_words(role.role, role.school) for role in one.roles)
        line.content = _facts(one, one.roles, [])
    else:
        _moved(line, one, user, has)
        if over is not None:
            _after_the_last_day(line, over)
    if user is not None and user.pk == by.pk and line.kind not in (Kind.UNCHANGED, Kind.ERROR):
        line.kind, line.words, line.content = Kind.ERROR, OWN_MOVE, {}
    return line


def _contradictions(one: WantedPerson, user: User | None, has: list[RoleAssignment]) -> list[str]:
    """Somebody who has no role yet may stay so: the form with everybody of today names them too."""
    if user is None and one.leaves:
        return ["この職員IDの利用者はいません。転出の行の職員IDを確かめてください。"]
    if user is not None and not user.is_active:
        return ["利用を停止している人です。先に「利用を再開する」を行ってください。"]
    if user is None and (refusal := why_not_a_username(one.username)):
        return [refusal]
    stays_without = user is not None and not has
    return (
        [] if one.leaves or one.roles or stays_without else ["役割がありません。在籍の人には役割を入力してください。"]
    )


def _leaving(user: User | None, day: date) -> tuple[TransferLine.Kind, str]:
    if user is not None and user.ends_on is not None and user.ends_on < day:
        return Kind.UNCHANGED, f"{to_wareki_short(user.ends_on)}で終わっています"
    return Kind.LEAVING, f"{to_wareki_short(day)}の午前0時に使えなくなります"


def _moved(line: TransferLine, one: WantedPerson, user: User, held: list[RoleAssignment]) -> None:
    wanted = {(role.role, role.school): role for role in one.roles}
    has = {(row.role, row.school_code): row for row in held}
    gained = [role for key, role in wanted.items() if key not in has]
    lost = [row for key, row in has.items() if key not in wanted]
    trained = [
        (row, wanted[key].training_on) for key, row in has.items() if key in wanted and _is_news(row, wanted[key])
    ]
    if older := [row for row, on in trained if row.training_on is not None and on is not None and on < row.training_on]:
        line.kind = Kind.ERROR
        line.words = "\n".join(f"{_role_of(row)}の研修受講日が、登録されている日より前です。" for row in older)
        return
    words = [f"＋{role_words(role.role, role.school)}" for role in gained]
    words += [f"－{_role_of(row)}" for row in lost]
    words += [f"{_role_of(row)}の研修受講日: {_day(row.training_on)} → {_day(on)}" for row, on in trained]
    fields = {
        "氏名": (user.display_name, one.name),
        "ふりがな": (user.kana, one.kana),
        "所属": (user.section, one.section),
    }
    words += [
        f"{label}: {before or '（空欄）'} → {after or '（空欄）'}"
        for label, (before, after) in fields.items()
        if before != after
    ]
    line.kind, line.words = (Kind.MOVED, "\n".join(words)) if words else (Kind.UNCHANGED, "")
    line.content = _facts(one, gained, lost)
    line.content["trained"] = [[row.role, row.school_code, on.isoformat()] for row, on in trained if on is not None]


def _is_news(row: RoleAssignment, wanted: WantedRole) -> bool:
    """The form that is filled with everybody of today repeats the day that is known."""
    return wanted.training_on is not None and wanted.training_on != row.training_on


def _role_of(row: RoleAssignment) -> str:
    return role_words(row.role, row.school_code)


def _day(day: date | None) -> str:
    return to_wareki_short(day) if day else "（空欄）"


def outdated(lines: Iterable[TransferLine], day: date) -> list[str]:
    """職員IDs of people of whom something else is true now than when the lines were made from them."""
    named = [line for line in lines if line.kind in (Kind.NEW, Kind.MOVED, Kind.LEAVING)]
    known = {user.username: user for user in User.objects.filter(username__in=[line.username for line in named])}
    held = roles_on(known.values(), day)
    return [line.username for line in named if _is_outdated(line, known.get(line.username), held)]


def _is_outdated(line: TransferLine, user: User | None, held: dict[int, list[RoleAssignment]]) -> bool:
    if line.kind == Kind.NEW or user is None:
        return (line.kind == Kind.NEW) == (user is not None)
    if not user.is_active:
        return True
    has = {(row.role, row.school_code) for row in held.get(user.pk, [])}
    gained = {(role, school) for role, school, _ in line.content.get("gained", [])}
    kept = {(role, school) for role, school, *_ in (*line.content.get("lost", []), *line.content.get("trained", []))}
    return bool(gained & has) or not kept <= has


def _after_the_last_day(line: TransferLine, over: date) -> None:
    """Somebody in the form whose account ends before the day of the transfer: being named there lets nobody in again."""
    ended = f"利用終了日 {to_wareki_short(over)} が異動日より前です。"
    if line.kind == Kind.UNCHANGED:
        line.words = f"{ended}そのまま終わります。"
        return
    line.kind, line.content = Kind.ERROR, {}
    line.words = f"{ended}続けて在籍するときは、先に利用者の画面で利用終了日を改めてください。"


def role_words(role: str, school: str) -> str:
    return f"{Role(role).label}（{schools.name_of(school)}）" if school else Role(role).label


def _facts(one: WantedPerson, gained: Iterable[WantedRole], lost: Iterable[RoleAssignment]) -> dict[str, Any]:
    return {
        "display_name": one.name,
        "kana": one.kana,
        "section": one.section,
        "gained": [
            [role.role, role.school, role.training_on.isoformat() if role.training_on else ""] for role in gained
        ],
        "lost": [[row.role, row.school_code] for row in lost],
    }
