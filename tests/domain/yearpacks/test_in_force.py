"""Two people draft, approve and put in force; nothing slips under what was decided."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import SamePerson
from accounts.models import User
from accounts.roles import Role
from domain.payments.errors import RoundRefused
from domain.payments.models import PaymentRound
from domain.payments.services import open_round
from domain.rules import Standing, assess, is_intact
from domain.rules.assessment.wire import case_from_json
from domain.rules.yearpack.model import SpecialCase
from domain.statements import services as statements
from domain.statements.figures import Figures, figures_of
from domain.statements.models import Computation
from domain.yearpacks import content as rows
from domain.yearpacks.changing import accept_rows, family_of, take_back_acceptance, unconfirmed_of
from domain.yearpacks.differences import differences
from domain.yearpacks.drafting import approve, change, open_draft, propose, send_back, withdraw
from domain.yearpacks.errors import (
    BaseUnknown,
    ContentRefused,
    DayRefused,
    NothingToPropose,
    NotYourProposal,
    PastDecided,
    ReasonMissing,
    WrongState,
)
from domain.yearpacks.forcing import approve_in_force, propose_in_force, return_in_force, withdraw_in_force
from domain.yearpacks.models import InForce, Revision
from domain.yearpacks.resolving import draft_pack, pack_of, pack_of_receipt
from domain.yearpacks.workbook.applying import download, receive
from tests.domain.statements import people
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR

BASE = "R07-former-standard"
SAMPLE = ("sample-operator",)
TODAY = datetime.date.today()  # noqa: DTZ011
TOMORROW = TODAY + datetime.timedelta(days=1)
OWN = rows.Basis("見本の通知（架空）", "令1条")


def more_need(amount: int) -> Any:
    """A change that moves the need of every household of three."""
    return lambda content: rows.put_cell(content, "class2", {"grade": "1-1"}, "3", amount, OWN)


def drafted(user: User, amount: int = 60_000) -> Revision:
    row = open_draft(YEAR, BASE, SAMPLE, user)
    change(row, more_need(amount), user, "第2類")
    return row


def approved(officer: User, approver: User, amount: int = 60_000) -> Revision:
    row = propose(drafted(officer, amount), officer)
    return approve(row, approver, row.digest)


def test_two_people_make_a_revision_and_every_act_is_heard(officer: User, approver: User) -> None:
    row = approved(officer, approver)
    assert (row.state, row.proposed_by, row.approved_by) == ("approved", officer.username, approver.username)
    assert [step.to_state for step in row.steps.all()] == ["draft", "proposed", "approved"]
    heard = set(outbox.filter(event__startswith="yearpack:").values_list("event", flat=True))
    assert heard == {f"yearpack:revision:{act}" for act in ("opened", "changed", "proposed", "approved")}


def test_the_proposer_does_not_approve(officer: User) -> None:
    row = propose(drafted(officer), officer)
    with pytest.raises(SamePerson):
        approve(row, officer, row.digest)


def test_what_was_not_shown_is_not_approved(officer: User, approver: User) -> None:
    row = propose(drafted(officer), officer)
    with pytest.raises(WrongState):
        approve(row, approver, "sha256:other")


def test_an_empty_draft_and_one_without_reason_stay(officer: User) -> None:
    row = open_draft(YEAR, BASE, SAMPLE, officer)
    with pytest.raises(NothingToPropose):
        propose(row, officer)
    with pytest.raises(ReasonMissing):
        withdraw(row, officer, " ")
    assert withdraw(row, officer, "作り直すため").state == Revision.State.WITHDRAWN
    with pytest.raises(WrongState):
        change(row, more_need(1), officer, "x")


def test_a_returned_revision_is_a_draft_again(officer: User, approver: User) -> None:
    row = send_back(propose(drafted(officer), officer), approver, "出典が違う")
    assert (row.state, row.digest, row.proposed_by) == (Revision.State.DRAFT, "", None)
    change(row, more_need(2), officer, "第2類")


def test_a_content_that_is_no_pack_is_refused_and_nothing_is_kept(officer: User) -> None:
    row = drafted(officer)
    before = Revision.objects.get(pk=row.pk).content
    with pytest.raises(ContentRefused, match="知らない経費項目"):
        change(
            row, lambda c: rows.put_row(c, "caps", {"items": ["x"], "annual": 1, "on": "expense"}, OWN), officer, "x"
        )
    assert Revision.objects.get(pk=row.pk).content == before


@pytest.mark.parametrize(("base", "shipped"), [("R99", ()), (BASE, ("sample-other",)), ("sample-operator", ())])
def test_only_packs_of_the_year_are_a_base(officer: User, base: str, shipped: tuple[str, ...]) -> None:
    with pytest.raises(BaseUnknown):
        open_draft(YEAR, base, shipped, officer)


def test_without_a_word_of_the_board_everything_is_as_it_was(officer: User) -> None:
    assert figures_of(YEAR) == Figures(BASE, SAMPLE)
    drafted(officer)
    assert figures_of(YEAR) == Figures(BASE, SAMPLE)


def test_in_force_from_its_day_and_out_again(officer: User, approver: User) -> None:
    row = approved(officer, approver)
    propose_in_force(YEAR, row, TOMORROW, "第1版を使う", officer)
    assert figures_of(YEAR) == Figures(BASE, SAMPLE)
    approve_in_force(InForce.objects.get(), approver)
    assert figures_of(YEAR) == Figures(BASE, SAMPLE)
    early = InForce.objects.create(
        fiscal_year=YEAR, revision=row, starts_on=TODAY, state="approved", proposed_by="a", approved_by="b"
    )
    assert figures_of(YEAR) == Figures(BASE, (*SAMPLE, row.name))
    assert figures_of(YEAR).load().digest == row.digest
    InForce.objects.create(fiscal_year=YEAR, starts_on=TODAY, state="approved", proposed_by="a", approved_by="b")
    assert early.pk
    assert figures_of(YEAR) == Figures(BASE, SAMPLE)


def test_the_second_person_puts_in_force(officer: User, approver: User) -> None:
    asked = propose_in_force(YEAR, approved(officer, approver), TOMORROW, "使う", officer)
    with pytest.raises(SamePerson):
        approve_in_force(asked, officer)
    with pytest.raises(WrongState):
        propose_in_force(YEAR, None, TOMORROW, "やめる", officer)
    with pytest.raises(NotYourProposal):
        withdraw_in_force(asked, records.staff(Role.BOARD_OFFICER), "別の人")
    with pytest.raises(ReasonMissing):
        withdraw_in_force(asked, officer, " ")
    given_up = withdraw_in_force(asked, officer, "日を誤ったため")
    assert (given_up.withdrawn_by, given_up.withdrawn_why) == (officer.username, "日を誤ったため")
    with pytest.raises(WrongState):
        approve_in_force(asked, approver)


def test_the_second_person_turns_a_proposal_down(officer: User, approver: User) -> None:
    asked = propose_in_force(YEAR, approved(officer, approver), TOMORROW, "使う", officer)
    with pytest.raises(SamePerson):
        return_in_force(asked, officer, "x")
    with pytest.raises(ReasonMissing):
        return_in_force(asked, approver, "")
    row = return_in_force(asked, approver, "資料が違う")
    assert (row.state, row.withdrawn_by, row.withdrawn_why) == ("withdrawn", approver.username, "資料が違う")
    heard = outbox.filter(event__startswith="yearpack:force").values_list("event", flat=True)
    assert set(heard) == {"yearpack:force:proposed", "yearpack:force:returned"}
    with pytest.raises(IntegrityError, match="withdrawn_in_force_says_why"), transaction.atomic():
        InForce.objects.create(fiscal_year=YEAR, starts_on=TODAY, state="withdrawn", proposed_by="a")


@pytest.mark.parametrize("second", ["a", None])
def test_one_person_alone_puts_nothing_in_force(in_a: Any, second: str | None) -> None:
    with pytest.raises(IntegrityError, match="two_people_put_in_force"), transaction.atomic():
        InForce.objects.create(fiscal_year=YEAR, starts_on=TODAY, state="approved", proposed_by="a", approved_by=second)


def test_what_was_put_in_force_stands(officer: User, approver: User) -> None:
    approve_in_force(propose_in_force(YEAR, approved(officer, approver), TOMORROW, "使う", officer), approver)
    for statement in ("UPDATE yearpacks_inforce SET starts_on = '2020-04-01'", "DELETE FROM yearpacks_inforce"):
        with pytest.raises(IntegrityError, match="do not change"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_days_out_of_order_and_out_of_reason_are_refused(officer: User, approver: User) -> None:
    row = approved(officer, approver)
    for day in (datetime.date(2020, 4, 1), datetime.date(2099, 4, 1)):
        with pytest.raises(DayRefused):
            propose_in_force(YEAR, row, day, "使う", officer)
    with pytest.raises(ReasonMissing):
        propose_in_force(YEAR, row, TOMORROW, "", officer)
    approve_in_force(propose_in_force(YEAR, row, TOMORROW, "使う", officer), approver)
    with pytest.raises(DayRefused, match="承認済み"):
        propose_in_force(YEAR, None, TODAY, "戻す", officer)
    with pytest.raises(WrongState):
        propose_in_force(YEAR, drafted(officer), TOMORROW, "使う", officer)


def decided(officer: User, approver: User) -> Computation:
    """A 調書 computed with what is in force, and decided by two people."""
    home = records.family()
    people.answer(home)
    statement = people.opened_of(home)
    statements.compute([statement], figures_of(YEAR).load())
    statements.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    statements.propose([statement.pk], officer, "7教特第1号", datetime.date(YEAR, 4, 1))
    statements.approve([statement.pk], approver)
    return Computation.objects.get(statement=statement)


def test_a_pack_never_slips_under_what_was_decided(officer: User, approver: User) -> None:
    """And what was decided with revision 1 is computed again with revision 1 when revision 2 is in force."""
    first = approved(officer, approver, 60_000)
    InForce.objects.create(
        fiscal_year=YEAR, revision=first, starts_on=TODAY, state="approved", proposed_by="a", approved_by="b"
    )
    run = decided(officer, approver)
    assert run.pack_digest == first.digest
    second = approved(officer, approver, 90_000)
    with pytest.raises(PastDecided) as refusal:
        propose_in_force(YEAR, second, TODAY, "額の訂正", officer)
    assert "支弁区分の決定 1件" in str(refusal.value)
    assert "再決定" in str(refusal.value)
    approve_in_force(propose_in_force(YEAR, first, TODAY, "同じ版", officer), approver)
    InForce.objects.create(
        fiscal_year=YEAR, revision=second, starts_on=TODAY, state="approved", proposed_by="a", approved_by="b"
    )
    assert figures_of(YEAR).load().digest == second.digest
    named = {**run.receipt["pack"], "digest": run.pack_digest}
    again = assess(pack_of_receipt(named), case_from_json(run.receipt["case"]))
    assert again.receipt()["digest"] == run.receipt_digest
    assert is_intact(run.receipt)


def test_an_unconfirmed_row_is_accepted_with_who_when_and_why(officer: User) -> None:
    row = open_draft(YEAR, BASE, (), officer)
    names = {each.name for each in unconfirmed_of(draft_pack(row))}
    name = next(each for each in names if "rates[" in each)
    for each in (name, "special/partial_decline", "payment", "ages", "income/floor"):
        accept_rows(row, [each], "県の決裁 7教特第12号で確認", officer)
        row = Revision.objects.get(pk=row.pk)
        assert each not in {found.name for found in unconfirmed_of(draft_pack(row))}
    assert row.content["accepted"][0] == {
        "row": name, "reason": "県の決裁 7教特第12号で確認", "by": officer.display_name, "on": TODAY.isoformat(),
    }  # fmt: skip
    origin = draft_pack(row).special[SpecialCase.PARTIAL_DECLINE].origin
    assert (origin.standing, origin.accepted and origin.accepted.by) == (Standing.OPERATOR, officer.display_name)
    changed = differences(pack_of(BASE), draft_pack(row))
    assert any(each.row == "一部辞退" and each.after == "区分Ⅲとする（団体設定）" for each in changed)
    with pytest.raises(ContentRefused):
        accept_rows(row, ["special/full_decline"], "x", officer)
    take_back_acceptance(row, "payment", officer)
    assert "payment" in {found.name for found in unconfirmed_of(draft_pack(Revision.objects.get(pk=row.pk)))}
    assert outbox.filter(event="yearpack:row:accepted").count() == 5


def test_every_unconfirmed_row_can_be_accepted_by_its_name(officer: User) -> None:
    row = open_draft(YEAR, BASE, (), officer)
    for each in unconfirmed_of(draft_pack(row)):
        accept_rows(row, [each.name], "確認", officer)
    assert unconfirmed_of(draft_pack(Revision.objects.get(pk=row.pk))) == []


def test_rows_of_one_table_and_source_are_accepted_together(officer: User) -> None:
    row = open_draft(YEAR + 1, "R08-current-standard", (), officer)
    unconfirmed = unconfirmed_of(draft_pack(row))
    cell = next(each for each in unconfirmed if each.name.startswith("winter/"))
    names = family_of(row, cell)
    assert len(names) > 1
    accept_rows(row, names, "基準額表で確認", officer)
    left = unconfirmed_of(draft_pack(Revision.objects.get(pk=row.pk)))
    assert len(left) == len(unconfirmed) - len(names)
    assert all(each.family != cell.family for each in left)


def test_a_workbook_or_page_cannot_reach_an_approved_revision(officer: User, approver: User) -> None:
    row = approved(officer, approver)
    for act in (
        lambda: change(row, more_need(1), officer, "x"),
        lambda: withdraw(row, officer, "x"),
        lambda: propose(row, officer),
        lambda: send_back(row, approver, "x"),
        lambda: download(row),
        lambda: receive(row, "a.xlsx", b"", officer),
    ):
        with pytest.raises(WrongState):
            act()


def test_a_round_is_opened_and_calculated_with_the_boards_revision(officer: User, approver: User) -> None:
    row = approved(officer, approver)
    opened = open_round(
        fiscal_year=YEAR, pack=row.base, overlays=row.overlays, number=1, title="第1期",
        starts_on=datetime.date(YEAR, 4, 1), ends_on=datetime.date(YEAR, 7, 31), pay_on=datetime.date(YEAR, 9, 25),
    )  # fmt: skip
    assert opened.pack_digest == row.digest
    draft = drafted(officer)
    with pytest.raises(RoundRefused, match="承認済みの版にありません"):
        open_round(
            fiscal_year=YEAR, pack=draft.base, overlays=draft.overlays, number=2, title="第2期",
            starts_on=datetime.date(YEAR, 8, 1), ends_on=datetime.date(YEAR, 9, 30), pay_on=datetime.date(YEAR, 11, 25),
        )  # fmt: skip


def test_a_settled_round_is_named_when_a_pack_would_slip_under_it(officer: User, approver: User) -> None:
    row = approved(officer, approver)
    PaymentRound.objects.create(
        fiscal_year=YEAR, number=1, title="第1期", starts_on=datetime.date(YEAR, 4, 1), ends_on=datetime.date(YEAR, 7, 31),
        pay_on=datetime.date(YEAR, 9, 25), state="approved", pack=BASE, pack_digest="sha256:other", calculated_by="a",
        approved_by="b", confirmed_count=0, confirmed_total=0,
    )  # fmt: skip
    with pytest.raises(PastDecided, match="支給回「第1期」"):
        propose_in_force(YEAR, row, datetime.date(YEAR, 9, 25), "使う", officer)
    assert propose_in_force(YEAR, row, datetime.date(YEAR, 9, 26), "使う", officer).pk
