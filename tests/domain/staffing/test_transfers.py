"""人事異動: a workbook, its preview, the second person, and the job that may be killed anywhere."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.support import records
from tests.support.stale import ways_to_go_stale

SCHOOL = "S01"


def day(ahead: int = 10) -> date:
    return timezone.localdate() + timedelta(days=ahead)


def book(*rows: dict[str, object]) -> bytes:
    from domain.households.roster.workbook.blank import blank_workbook
    from domain.staffing.layout import LAYOUT_VERSION, STAFF

    return blank_workbook("人事異動", LAYOUT_VERSION, (STAFF,), rows={STAFF.name: rows})


def row(username: str, name: str, role: str = "", school: str = "", **more: object) -> dict[str, object]:
    return {"username": username, "name": name, "role": role, "school": school, "move": "在籍", **more}


@pytest.fixture
def office(in_a: Any) -> Any:
    """Two people who manage, and three whom a transfer may concern."""
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import assign_role, create_user

    records.school(SCHOOL)
    asks = make_person("asks", Role.TENANT_ADMIN)
    approves = make_person("approves", Role.SECURITY_MANAGER)
    User.objects.filter(username__in=["asks", "approves"]).update(came_as_approver=True)
    for name in ("moves", "leaves", "stays"):
        assign_role(create_user(name, f"サンプル {name}"), Role.SCHOOL_CLERK, school_code=SCHOOL)
    return asks, approves


def usual() -> bytes:
    return book(
        row("newcomer", "サンプル 新任", "学校事務担当", SCHOOL, section="見本支援学校"),
        row("newcomer", "サンプル 新任", "個人番号取扱者", "全校", training_on=timezone.localdate().isoformat()),
        row("moves", "サンプル moves", "教委担当"),
        row("leaves", "サンプル leaves", move="転出"),
        row("stays", "サンプル stays", "学校事務担当", SCHOOL),
    )


def proposed(office: Any, data: bytes | None = None, effective_on: date | None = None) -> Any:
    from domain.staffing.services import propose

    return propose("r8.xlsx", data or usual(), effective_on or day(), office[0])


def run(job: Any) -> None:
    from jobs.running import Outcome, run_job

    assert run_job(job.pk) is Outcome.SUCCEEDED


def holds(username: str, permission: str, on: date) -> bool:
    from accounts.models import User
    from accounts.permissions import Permission, permissions_of

    user = User.objects.get(username=username)
    roles = [one.role for one in user.role_assignments.all() if one.is_in_force(on)]
    return user.is_current(on) and Permission(permission) in permissions_of(roles)


def test_the_preview_sorts_people_into_kinds_and_changes_nothing(office: Any) -> None:
    from accounts.models import User
    from domain.staffing.services import counts

    plan = proposed(office)
    assert counts(plan) == {"new": 1, "moved": 1, "leaving": 1, "unchanged": 1, "error": 0}
    words = plan.lines.get(username="moves").words
    assert words.startswith("＋教委担当\n－学校事務担当（")
    assert not User.objects.filter(username="newcomer").exists()
    assert holds("moves", "edit_statement", day(20))


def test_after_approval_each_change_begins_on_its_day(office: Any) -> None:
    from domain.staffing.services import approve

    plan = proposed(office)
    run(approve(plan, office[1]))
    before, on = day(9), day(10)
    assert (holds("moves", "edit_statement", before), holds("moves", "edit_statement", on)) == (True, False)
    assert (holds("moves", "review_statement", before), holds("moves", "review_statement", on)) == (False, True)
    assert (holds("leaves", "edit_statement", before), holds("leaves", "edit_statement", on)) == (True, False)
    assert (holds("newcomer", "reveal_number", before), holds("newcomer", "reveal_number", on)) == (False, True)
    assert holds("stays", "edit_statement", on)
    assert not plan.lines.filter(applied_at=None).exists()


@pytest.mark.parametrize("killed_after", range(4))
def test_a_job_killed_anywhere_goes_on_and_does_nothing_twice(office: Any, monkeypatch: Any, killed_after: int) -> None:
    from accounts.models import RoleAssignment
    from domain.staffing import applying, services
    from jobs.models import Job
    from jobs.running import run_job
    from jobs.services import retry

    job = services.approve(proposed(office), office[1])
    once = applying._apply_once
    done: list[int] = []

    def dies(pk: int, on: Any) -> None:
        if len(done) == killed_after:
            raise RuntimeError("the worker is gone")
        once(pk, on)
        done.append(pk)

    with monkeypatch.context() as patched:
        patched.setattr(applying, "_apply_once", dies)
        run_job(job.pk)
    run(retry(Job.objects.get(pk=job.pk)))
    names = RoleAssignment.objects.filter(user__username="newcomer").values_list("role", flat=True)
    assert sorted(names) == ["number_handler", "school_clerk"]
    ends = RoleAssignment.objects.get(user__username="moves", role="school_clerk").ends_on
    assert ends == day(9)
    assert holds("moves", "review_statement", day(10))


def test_who_proposed_cannot_approve_nor_anybody_who_is_moved_by_it(office: Any) -> None:
    from accounts.errors import SamePerson
    from domain.staffing.services import approve, withdraw

    plan = proposed(office)
    with pytest.raises(SamePerson):
        approve(plan, office[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        type(plan).objects.filter(pk=plan.pk).update(state="approved", approved_by="asks")
    withdraw(plan)
    own = proposed(office, book(row("approves", "サンプル approves", "承認者")))
    with pytest.raises(SamePerson, match="自分の異動"):
        approve(own, office[1])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (row("stranger", "サンプル", move="転出"), "利用者はいません"),
        (row("asks", "サンプル asks", "承認者"), "自分の異動は提案できません"),
        (row("moves", "サンプル moves", "学校事務担当"), "学校コードか「全校」"),
        (row("moves", "サンプル moves", "校長", "S99"), "登録されていません"),
        (row("moves", "サンプル moves", "個人番号取扱者", "全校"), "研修受講日が必要"),
        (row("moves", "サンプル moves", "監視担当", "S01"), "学校を限れない役割です"),
        (row("moves", "サンプル moves"), "役割がありません"),
        (row("山田", "サンプル 山田", "承認者"), "職員IDは半角"),
        (row("Ｋａｎｒｉ", "サンプル 花子", "承認者"), "「kanri」は、係や役目を表す職員IDです"),
        (row("moves", "サンプル moves", "運用者"), ""),
    ],
)
def test_a_wrong_row_is_shown_and_holds_up_the_approval(office: Any, line: Any, words: str) -> None:
    from domain.staffing.errors import TransferRefused
    from domain.staffing.services import approve

    plan = proposed(office, book(line))
    (found,) = plan.lines.all()
    assert found.kind == "error"
    assert words in found.words
    with pytest.raises(TransferRefused, match="誤りのある行"):
        approve(plan, office[1])


def test_a_file_that_is_none_or_a_day_that_is_over_is_refused(office: Any) -> None:
    from domain.staffing.errors import TransferRefused

    with pytest.raises(TransferRefused):
        proposed(office, b"nothing of the kind")
    with pytest.raises(TransferRefused, match="職員の行がありません"):
        proposed(office, book())
    with pytest.raises(TransferRefused, match="過ぎた日"):
        proposed(office, effective_on=day(-1))
    with pytest.raises(TransferRefused):
        proposed(office, book(row("moves", "サンプル 123456789018", "承認者")))
    proposed(office)
    with pytest.raises(TransferRefused, match="承認を待っている"):
        proposed(office)


def test_the_pages_lead_from_the_form_to_the_approval(office: Any) -> None:
    from io import BytesIO

    from domain.staffing.models import TransferPlan
    from domain.staffing.reading import read_transfer

    asking, approving = client_of("kou.localhost"), client_of("kou.localhost")
    sign_in(asking, office[0])
    sign_in(approving, office[1])
    digest, people = read_transfer(asking.get("/transfers/filled/").content, day())
    assert len(digest) == 64
    assert {one.username for one in people} >= {"moves", "leaves", "stays"}
    assert asking.get("/transfers/blank/").status_code == 200
    assert approving.get("/transfers/filled/").status_code == 403
    file = BytesIO(usual())
    file.name = "r8.xlsx"
    sent = asking.post("/transfers/", {"file": file, "effective_on": day().isoformat()})
    plan = TransferPlan.objects.get()
    assert sent.url == f"/transfers/{plan.pk}/"
    page = asking.get(sent.url).content.decode()
    assert "提案した本人は承認できません" in page
    assert "新規 1人、異動 1人、転出 1人、変更なし 1人、誤り 0人" in page
    told = approving.post(f"/transfers/{plan.pk}/approve/", follow=True).content.decode()
    assert "反映を始めます" in told
    again = approving.post(f"/transfers/{plan.pk}/withdraw/", follow=True).content.decode()
    assert "この人事異動は承認です" in again


def test_the_form_with_everybody_changes_nothing_when_handed_in_again(office: Any) -> None:
    """By whoever took it: their own line, people without a role, and 職員ID with dots are in it as they are."""
    from accounts.models import User
    from accounts.services import create_user
    from accounts.services.vendor import Operator, open_window, visitor_of
    from domain.staffing.services import counts, propose

    client = client_of("kou.localhost")
    sign_in(client, office[0])
    create_user("dot.and_line", "サンプル 点子")
    open_window("unyou", "調査", ["households:list"], timezone.now() + timedelta(hours=1), office[0])
    visitor_of(Operator("unyou", "サンプル 運用"))
    data = client.get("/transfers/filled/").content
    plan = propose("same.xlsx", data, day(), office[0])
    told = [line.words for line in plan.lines.exclude(kind="unchanged")]
    everybody = User.objects.filter(is_active=True, vendor_window=None).count()
    assert counts(plan) == {"new": 0, "moved": 0, "leaving": 0, "unchanged": everybody, "error": 0}, told


def test_who_proposes_may_name_themselves_only_as_they_are(office: Any) -> None:
    from domain.staffing.services import withdraw

    as_is, leaving = (
        row("asks", "サンプル asks", "テナント管理者（利用者管理）"),
        row("asks", "サンプル asks", move="転出"),
    )
    name = office[0].display_name
    kinds = []
    for line in (as_is | {"name": name}, as_is | {"name": name, "section": "別の課"}, leaving | {"name": name}):
        plan = proposed(office, book(line))
        kinds.append(plan.lines.get().kind)
        withdraw(plan)
    assert kinds == ["unchanged", "error", "error"]


def test_who_stays_keeps_their_last_day(office: Any) -> None:
    """As they are, moved, and with another name: 在籍 says nothing of how long."""
    from accounts.models import User
    from domain.staffing.services import approve

    last = day(200)
    User.objects.filter(username__in=["stays", "moves"]).update(ends_on=last)
    lines = book(
        row("stays", "サンプル stays", "学校事務担当", SCHOOL),
        row("moves", "サンプル moves", "教委担当", section="別の課"),
    )
    plan = proposed(office, lines)
    assert dict(plan.lines.values_list("username", "kind")) == {"stays": "unchanged", "moves": "moved"}
    assert "利用終了日" not in plan.lines.get(username="moves").words
    run(approve(plan, office[1]))
    assert set(User.objects.filter(username__in=["stays", "moves"]).values_list("ends_on", flat=True)) == {last}
    assert holds("moves", "review_statement", last)
    assert not holds("moves", "review_statement", last + timedelta(days=1))


def test_a_last_day_before_the_transfer_stays_whatever_the_form_says(office: Any) -> None:
    """The form with everybody names them too; nobody is let in again by having been forgotten in it."""
    from accounts.models import User
    from domain.staffing.services import withdraw

    User.objects.filter(username="stays").update(ends_on=day(9))
    as_is = row("stays", "サンプル stays", "学校事務担当", SCHOOL)
    kinds = []
    for line in (as_is, as_is | {"role": "教委担当", "school": ""}):
        plan = proposed(office, book(line))
        found = plan.lines.get()
        kinds.append((found.kind, "異動日より前" in found.words, found.content.get("gained", [])))
        withdraw(plan)
    assert kinds == [("unchanged", True, []), ("error", True, [])]


def test_a_transfer_that_waited_too_long_or_whose_proposer_is_gone_is_not_approved(office: Any) -> None:
    from accounts.errors import RequestStale
    from domain.staffing.services import approve

    plan = proposed(office, effective_on=day(30))
    for words in ways_to_go_stale(office[0]):
        with pytest.raises(RequestStale, match=words):
            approve(plan, office[1])
        again = proposed(office, effective_on=day(30))
        assert (type(plan).objects.get(pk=plan.pk).state, again.state) == ("withdrawn", "proposed")
    run(approve(plan, office[1]))


def test_a_line_that_cannot_be_applied_holds_up_nobody_after_it(office: Any) -> None:
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import assign_role
    from domain.staffing.services import approve

    plan = proposed(office)
    job = approve(plan, office[1])
    assign_role(User.objects.get(username="moves"), Role.BOARD_OFFICER)
    run(job)
    assert "既に付与されています" in plan.lines.get(username="moves").refusal
    assert User.objects.get(username="leaves").ends_on == day(9)
    assert plan.lines.filter(applied_at=None).count() == 1
    client = client_of("kou.localhost")
    sign_in(client, office[1])
    shown = client.get(f"{reverse('staffing:transfer', args=[plan.pk])}?kind=refused").content.decode()
    assert "反映できなかった人が1人います" in shown
    assert "サンプル leaves" not in shown


def test_who_changed_after_the_preview_is_named_before_the_approval(office: Any) -> None:
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import assign_role
    from domain.staffing.errors import TransferRefused
    from domain.staffing.services import approve

    plan = proposed(office)
    assign_role(User.objects.get(username="moves"), Role.BOARD_OFFICER)
    with pytest.raises(TransferRefused, match="職員ID moves の"):
        approve(plan, office[1])


def test_what_was_left_over_is_not_applied_long_after_the_day(office: Any, monkeypatch: Any) -> None:
    from accounts.models import User
    from domain.staffing.services import approve

    plan = proposed(office)
    job = approve(plan, office[1])
    later = day(100)
    monkeypatch.setattr("domain.staffing.applying._today", lambda: later)
    run(job)
    assert User.objects.get(username="leaves").ends_on is None
    assert not User.objects.filter(username="newcomer").exists()
    assert set(plan.lines.exclude(kind="unchanged").values_list("refusal", flat=True)) == {
        "異動日を過ぎたため、反映していません。新しい異動日で提案し直してください。"
    }


def test_a_new_training_date_of_a_role_one_has_is_shown_and_recorded(office: Any) -> None:
    from accounts.models import RoleAssignment, User
    from accounts.roles import Role
    from accounts.services import assign_role
    from domain.staffing.services import approve, withdraw

    old, new = day(-300), day(-1)
    stays = User.objects.get(username="stays")
    assign_role(stays, Role.NUMBER_HANDLER, training_on=old)
    kept = row("stays", "サンプル stays", "学校事務担当", SCHOOL)

    def with_training(on: date) -> bytes:
        return book(kept, row("stays", "サンプル stays", "個人番号取扱者", "全校", training_on=on.isoformat()))

    for on, kind in ((old, "unchanged"), (day(-310), "error"), (day(5), "error")):
        plan = proposed(office, with_training(on))
        assert plan.lines.get().kind == kind
        withdraw(plan)
    plan = proposed(office, with_training(new))
    assert plan.lines.get().words.startswith("個人番号取扱者の研修受講日: ")
    run(approve(plan, office[1]))
    assert RoleAssignment.objects.get(user=stays, role=Role.NUMBER_HANDLER).training_on == new


def test_who_stands_in_goes_on_until_the_principals_last_day(office: Any) -> None:
    from accounts.models import RoleAssignment, User
    from accounts.roles import Role
    from accounts.services import assign_role
    from domain.staffing.services import approve

    moves, stays = (User.objects.get(username=name) for name in ("moves", "stays"))
    assign_role(stays, Role.SCHOOL_CLERK, school_code=SCHOOL, acting_for=moves, ends_on=day(40))
    run(approve(proposed(office), office[1]))
    deputy = RoleAssignment.objects.get(acting_for=moves)
    assert (deputy.ended_at, deputy.ends_on) == (None, day(9))
