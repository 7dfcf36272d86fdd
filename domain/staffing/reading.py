"""From a workbook to the people it names, each with all of their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from accounts import schools
from accounts.models import RoleAssignment
from accounts.roles import SCHOOL_ROLES, TENANT_ROLES, Role
from accounts.sections import is_section
from accounts.services.attempts import canonical_username
from accounts.services.roles import why_not_limited
from domain.households.roster.workbook.codes import Severity
from domain.households.roster.workbook.problems import WorkbookRefused
from domain.households.roster.workbook.reading import read_workbook
from domain.households.roster.workbook.table import Record, Table
from domain.staffing.errors import TransferRefused
from domain.staffing.layout import EVERY_SCHOOL_WORD, LEAVES, STAFF
from web.text import normalise_digits


@dataclass(frozen=True, slots=True, order=True)
class WantedRole:
    """`school`: "" for all schools."""

    role: str
    school: str
    training_on: date | None = field(default=None, compare=False)


@dataclass(slots=True)
class WantedPerson:
    """What the workbook says of one person; `errors` in words, `row` the first one."""

    row: int
    username: str
    name: str
    kana: str
    section: str
    leaves: bool
    roles: list[WantedRole] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_transfer(data: bytes, effective_on: date) -> tuple[str, list[WantedPerson]]:
    """The file's digest and its people. Raises TransferRefused when the file cannot be read at all."""
    try:
        book = read_workbook(data)
        table = book.table(STAFF)
    except WorkbookRefused as refusal:
        raise TransferRefused(refusal.problems[0].message) from refusal
    refused = [one.message for one in table.problems if one.severity is Severity.REFUSED]
    if refused:
        raise TransferRefused(refused[0])
    people: dict[str, WantedPerson] = {}
    for record in table.records:
        _add(people, record, table, effective_on)
    if not people:
        raise TransferRefused("職員の行がありません。「職員」シートの記入例より下に入力してください。")
    return book.digest, list(people.values())


def _add(people: dict[str, WantedPerson], record: Record, table: Table, effective_on: date) -> None:
    username = canonical_username(record.text("username"))
    person = people.setdefault(username, _person(record, username))
    person.errors += [
        f"{record.row}行目: {found.message}"
        for found in table.problems
        if found.row == record.row and found.severity is not Severity.NOTICE
    ]
    if (person.name, person.leaves) != (record.text("name"), record.text("move") == LEAVES):
        person.errors.append(
            f"{record.row}行目: {person.row}行目と氏名か異動区分が違います。同じ人の行をそろえてください。"
        )
    if not person.leaves:
        _add_role(person, record, effective_on)


def _person(record: Record, username: str) -> WantedPerson:
    return WantedPerson(
        record.row,
        username,
        record.text("name"),
        record.text("kana"),
        record.text("section"),
        record.text("move") == LEAVES,
    )


def _add_role(person: WantedPerson, record: Record, effective_on: date) -> None:
    role, trained = record.text("role"), record.day("training_on")
    school = normalise_digits(record.text("school"))
    if not role:
        return
    wanted = WantedRole(role, "" if school == EVERY_SCHOOL_WORD else school, trained)
    person.errors += [f"{record.row}行目: {words}" for words in _wrong(wanted, school, effective_on)]
    if wanted in person.roles:
        person.errors.append(f"{record.row}行目: 同じ役割と学校が2回書かれています。")
    person.roles.append(wanted)


def _wrong(wanted: WantedRole, typed_school: str, effective_on: date) -> list[str]:
    found = []
    if wanted.role in SCHOOL_ROLES and not typed_school:
        found.append(f"学校の役割です。学校コードか「{EVERY_SCHOOL_WORD}」を入力してください。")
    if wanted.role in TENANT_ROLES and (refusal := why_not_limited(Role(wanted.role), wanted.school)):
        found.append(refusal)
    if wanted.school and wanted.school not in dict(schools.places()):
        found.append(_unknown(wanted.school))
    if wanted.role == Role.NUMBER_HANDLER and not _is_trained(wanted.training_on, effective_on):
        found.append("個人番号取扱者には、異動日まで1年以内の研修受講日が必要です。")
    elif wanted.training_on is not None and wanted.training_on > timezone.localdate():
        found.append("研修受講日が先の日付です。受講してから、その日を入力して提案してください。")
    return found


def _unknown(code: str) -> str:
    if is_section(code):
        return f"コード {code} の係・担当は登録されていないか、終わっています。「係・担当」の画面で確かめてください。"
    return f"学校コード {code} の学校は登録されていません。学校の一覧で確かめてください。"


def _is_trained(training_on: date | None, day: date) -> bool:
    return training_on is not None and training_on <= day < RoleAssignment.training_ends_on(training_on)
