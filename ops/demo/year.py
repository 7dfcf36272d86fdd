"""A year of one sample prefecture, from the rosters to the bank file, done by its people through the same services as the pages."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts.access import roles_in_force
from accounts.actors import person
from accounts.demo import TERMINAL
from accounts.models import User
from audit.trail.actors import acting_as
from audit.trail.entries import JSON
from domain.households import services as households
from domain.households.models import School
from domain.linkage import services as linkage
from domain.payments import services as payments
from domain.payments.models import PaymentRound
from domain.reports import board_words
from domain.reports import services as reports
from domain.reports.models import NoticeWording
from domain.statements import services as statements
from domain.vault import lists
from domain.vault import services as vault
from jobs import services as jobs
from jobs.models import Job
from ops.demo.course import Stage
from ops.demo.prefectures import FISCAL_YEAR, OVERLAYS, PACK
from tenants.core.models import Prefecture

# What the prefecture's 統合宛名 knows the operator by; each adapter sends what its configuration asks for.
OPERATOR: dict[str, JSON] = {
    "staff_number": "KARI001",
    "organisation_number": "KARI01",
    "approval_number": f"KARI{FISCAL_YEAR}-1",
}

# A year is a generator and shares its thread with other years: it must never yield while somebody is acting.


@contextmanager
def being(username: str) -> Iterator[User]:
    """Act as one of the sample people, as a session of theirs would."""
    user = User.objects.get(username=username)
    with acting_as(person(user, roles_in_force(user), terminal=TERMINAL, session="")):
        yield user


def year(prefecture: Prefecture, inputs: Path) -> Iterator[Stage]:
    """Stages of the year; `inputs` is the folder of this prefecture that the generator filled."""
    schools = json.loads((inputs / "truth.json").read_text())["schools"]
    yield from _rosters(inputs, schools)
    yield from _numbers(inputs, schools)
    yield from _registration()
    yield from _inquiry(inputs, schools)
    yield from _statements()
    yield from _payment()


def _rosters(inputs: Path, schools: list[dict[str, str]]) -> Iterator[Stage]:
    with being("clerk"):
        for entry in schools:
            school = households.ensure_school(entry["code"], entry["name"])
            file = inputs / entry["code"] / "roster.xlsx"
            name = f"名簿_{entry['code']}.xlsx"
            households.take_roster(households.receive_roster(school, name, file.read_bytes(), FISCAL_YEAR))
    yield Stage("名簿の取込", _jobs("households.import_roster"))


def _numbers(inputs: Path, schools: list[dict[str, str]]) -> Iterator[Stage]:
    with being("numbers"):
        for entry in schools:
            file = inputs / entry["code"] / "numbers.sealed"
            school = School.objects.get(code=entry["code"])
            vault.receive_numbers(school, f"番号_{entry['code']}.sealed", file.read_bytes())
    yield Stage("個人番号の受入", _jobs("vault.import_numbers"))


def _registration() -> Iterator[Stage]:
    """The job may open the numbers of those alone whom a second person saw on a list."""
    with being("numbers") as handler:
        linkage.plan_registrations()
        case, waiting = f"{FISCAL_YEAR}年度の付番依頼", lists.people_to_register().exists()
        listed = lists.ask_for_registration(duty="V01", case=case, user=handler) if waiting else None
    if listed is not None:
        with being("security") as manager:
            lists.approve(listed, manager)
    with being("numbers"):
        job = jobs.start("linkage.register", OPERATOR, key=f"register:{FISCAL_YEAR}")
    yield Stage("統合宛名への登録", [job])


def _inquiry(inputs: Path, schools: list[dict[str, str]]) -> Iterator[Stage]:
    """While the other bodies answer, the schools hand in the expenses of the first term."""
    with being("numbers") as handler:
        listed = linkage.propose_targets(FISCAL_YEAR, handler)
    if listed is not None:
        with being("approver") as approver:
            linkage.approve_targets(listed, approver, listed.digest)
    with being("numbers"):
        asked: dict[str, JSON] = {"fiscal_year": FISCAL_YEAR, **OPERATOR}
        job = jobs.start("linkage.inquire", asked, key=f"inquire:{FISCAL_YEAR}")
    _hand_in_expenses(inputs, schools)
    yield Stage("情報照会・突合、使用経費の取込", [job, *_jobs("payments.import_expenses")])


def _statements() -> Iterator[Stage]:
    with being("clerk"):
        arguments: dict[str, JSON] = {"fiscal_year": FISCAL_YEAR, "pack": PACK, "overlays": list(OVERLAYS)}
        job = jobs.start("statements.compute", arguments, key=f"compute:{FISCAL_YEAR}")
    yield Stage("収入額・需要額の算定", [job])
    with being("principal") as principal:
        for school in School.objects.all():
            statements.forward(school, FISCAL_YEAR, principal)
    with being("board") as officer:
        statements.propose_all(FISCAL_YEAR, officer, document_number=f"サンプル決裁{FISCAL_YEAR}-1")
    with being("approver"):
        job = jobs.start("statements.approve", {"fiscal_year": FISCAL_YEAR}, key=f"decide:{FISCAL_YEAR}")
    yield Stage("支弁区分の決定", [job])
    _words()
    with being("board"):
        notices = [reports.start_notices(FISCAL_YEAR, school.code) for school in School.objects.all()]
    yield Stage("決定通知書の作成", notices)


def _words() -> None:
    """文面 of the sample board: no real wording, and it says so."""
    if NoticeWording.objects.exists():
        return
    words = board_words.Words(
        instruction="（サンプル）この欄には、教育委員会が登録した教示文が印字されます。",
        contact="（サンプル）問合せ先",
        sender="（サンプル）教育委員会",
        seal_omitted=True,
    )
    with being("board") as officer:
        row = board_words.propose(words, datetime.date(FISCAL_YEAR, 4, 1), officer)
    with being("approver") as approver:
        board_words.approve(row, approver)


def _hand_in_expenses(inputs: Path, schools: list[dict[str, str]]) -> None:
    with being("clerk"):
        for entry in schools:
            file = inputs / entry["code"] / "expenses.xlsx"
            school = School.objects.get(code=entry["code"])
            payments.receive_expenses(school, f"経費_{entry['code']}.xlsx", file.read_bytes(), FISCAL_YEAR)


def _payment() -> Iterator[Stage]:
    with being("board"):
        opened = payments.open_round(
            fiscal_year=FISCAL_YEAR,
            pack=PACK,
            overlays=OVERLAYS,
            number=1,
            title="第1期",
            starts_on=datetime.date(FISCAL_YEAR, 4, 1),
            ends_on=datetime.date(FISCAL_YEAR, 7, 31),
            pay_on=datetime.date(FISCAL_YEAR, 9, 25),
        )
        job = payments.start_calculation(opened)
    yield Stage("支給額の算定", [job])
    opened = PaymentRound.objects.get(pk=opened.pk)
    with being("approver") as approver:
        if opened.state == PaymentRound.State.CALCULATED:
            totals = payments.totals_of(opened)
            payments.approve_round(opened, approver, count=totals.count, total=totals.total)
        if opened.state != PaymentRound.State.RELEASED:
            payments.release_round(PaymentRound.objects.get(pk=opened.pk), approver)
    with being("board"):
        files = [reports.start_bank_file(opened.pk)]
        for school in School.objects.all():
            files += [reports.start_slips(opened.pk, school.code), reports.start_ledgers(FISCAL_YEAR, school.code)]
    yield Stage("台帳・明細書・振込データの作成", files)


def _jobs(kind: str) -> list[Job]:
    return list(Job.objects.filter(kind=kind))
