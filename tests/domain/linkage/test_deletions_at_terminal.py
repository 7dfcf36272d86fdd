"""A copy counts as deleted at the terminal of 中間サーバー when a second person has looked too; until then it is held."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.domain.linkage.browsing import let_code_grow_old, text_of
from tests.domain.linkage.numbers import give_numbers
from tests.domain.linkage.paid import approve_copies, copies, lines, pay, provide_by_rule
from tests.domain.linkage.world import World, child, father, person


@pytest.fixture
def listed(world: World, approver: Client, handler: Client) -> Any:
    """A link that sends no copies; two copies are held and an approved list says that they are to be deleted."""
    from domain.linkage.models import AdapterConfiguration, Copy, CopyLine, Registration
    from integrations.atena_adapters.registry import preset
    from tenants.core import keys
    from tests.integrations.atena_adapters.support import TOKEN

    link = preset("nara").model_dump(mode="json")
    link["workflow"]["provides"] = False
    secrets = keys.seal("adapter-secrets", json.dumps({"token": TOKEN}).encode(), "linkage.adapter:1")
    AdapterConfiguration.objects.create(version=1, config=link, secrets=secrets, in_force_from=timezone.now())
    pupils = [world.household(father(), child()).members.get(key="03") for _ in range(2)]
    give_numbers(world.numbers)
    for pupil in pupils:
        Registration.objects.create(member=pupil, state="ready", known=True)
    provide_by_rule()
    pay(dict.fromkeys(pupils, 5_000))
    approve_copies()
    for line in CopyLine.objects.all():
        period = {"period_from": line.period_from, "period_to": line.period_to}
        number = f"F{line.copy_id}"
        Copy.objects.filter(pk=line.copy_id).update(
            amount=5_000, accepted_at=timezone.now(), record_number=number, **period
        )
    CopyLine.objects.update(state="accepted")
    provide_by_rule(provided=False)
    found = approve_copies()
    assert [line[0::2] for line in lines()[2:]] == [("delete", "waiting")] * 2
    return found


def _held() -> int:
    from domain.linkage.models import Copy

    return Copy.objects.exclude(amount=None).count()


def test_a_second_person_is_asked_at_home_and_nobody_confirms_their_own_report(listed: Any, approver: Client) -> None:
    from accounts.models import User
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.providing import reporting

    report = reporting.report_list(listed, person("proposer"), "端末で2件を削除した")
    assert (report.size, _held(), reporting.APPROVAL.name) == (2, 2, "linkage.deletions")
    assert "端末で削除した副本の確認" in text_of(approver.get("/"))
    assert "2件を端末で削除したという報告が、別の人の確認" in text_of(approver.get("/linkage/copies/"))
    page = text_of(approver.get(f"/linkage/copies/lists/{listed.pk}/"))
    assert "2件の削除を確認した" in page
    assert "端末で2件を削除した" in page
    with pytest.raises(SettlementRefused, match="自分の報告は確認できません"):
        reporting.confirm(report, person("proposer"))
    assert reporting.confirm(report, User.objects.get(username="approver")) == 2
    assert (_held(), copies()) == (0, {})
    assert "端末で削除した副本の確認" not in text_of(approver.get("/"))
    with pytest.raises(SettlementRefused, match="確認済です"):
        reporting.confirm(report, person("second"))
    with pytest.raises(IntegrityError), transaction.atomic():
        type(report).objects.filter(pk=report.pk).update(confirmed_by=report.by)


def test_whom_the_box_of_a_report_names_the_trail_names_too(
    listed: Any, approver: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the page of lines is another one."""
    from audit.trail.entries import Subject
    from audit.trail.reader import Filters, search
    from domain.linkage.providing import reporting

    reporting.report_list(listed, person("proposer"), "端末で2件を削除した")
    monkeypatch.setattr("domain.linkage.views.copies.ROWS", 1)
    page = approver.get(f"/linkage/copies/lists/{listed.pk}/")
    drawn = {str(line.copy.member_id) for line in page.context["reports"][0].lines}
    one = Subject("member", min(drawn))
    told = search(Filters(prefix="read:list:shown", subject=one, limit=1))[0].subjects
    assert (len(page.context["page"]), len(drawn)) == (1, 2)
    assert sorted(subject.id for subject in told) == sorted(drawn)


def test_without_a_fresh_one_time_password_no_deletion_is_confirmed(listed: Any, approver: Client) -> None:
    from domain.linkage.providing import reporting

    report = reporting.report_list(listed, person("proposer"), "端末で2件を削除した")
    let_code_grow_old(approver)
    confirmation = {"act": "confirm_deletion", "report": report.pk}
    answer = approver.post(f"/linkage/copies/lists/{listed.pk}/", confirmation)
    report.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/step-up/")
    assert (report.state, _held()) == ("proposed", 2)


def test_a_withdrawn_report_leaves_the_copies_and_the_history_says_why(listed: Any, handler: Client) -> None:
    from domain.linkage.models import CopyLine, DeletionReport
    from domain.linkage.providing import queries, reporting

    line = CopyLine.objects.filter(act="delete").first()
    assert line is not None
    reporting.report_line(line, person("proposer"), "1件を削除した")
    assert queries.at_terminal(listed) == 1, "the other one is still to be done"
    place = f"/linkage/copies/lists/{listed.pk}/"
    withdrawal = {"act": "withdraw_deletion", "report": DeletionReport.objects.get().pk}
    refused = handler.post(place, withdrawal | {"reason": ""})
    assert "取り下げる理由を入力してください" in text_of(refused)
    assert "取り下げました" in text_of(handler.post(place, withdrawal | {"reason": "別の端末だった"}, follow=True))
    assert (_held(), queries.at_terminal(listed)) == (2, 2)
    assert "端末での削除の報告の取下げ: 別の端末だった" in [step.note for step in line.steps.all()]


def test_what_one_person_reported_is_settled_by_nobody_alone(listed: Any) -> None:
    from domain.linkage import services
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.models import CopyLine
    from domain.linkage.providing import reporting

    line = CopyLine.objects.filter(act="delete").first()
    assert line is not None
    with pytest.raises(SettlementRefused, match="別の人が確かめて"):
        services.settle_at_terminal(line, done=True, record_number="", note="端末で削除した")
    reporting.report_line(line, person("proposer"), "1件を削除した")
    for again in (
        lambda: services.settle_at_terminal(line, done=False, record_number="", note="行わない"),
        lambda: reporting.report_line(line, person("second"), "二度目"),
    ):
        with pytest.raises(SettlementRefused, match=r"確認を待っています|報告できる明細はありません"):
            again()
    assert _held() == 2


def test_a_report_on_lines_that_moved_on_is_not_confirmed(listed: Any) -> None:
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.models import CopyLine
    from domain.linkage.providing import reporting

    report = reporting.report_list(listed, person("proposer"), "2件を削除した")
    first = CopyLine.objects.filter(act="delete").first()
    CopyLine.objects.filter(pk=first.pk if first else 0).update(state="dropped")
    with pytest.raises(SettlementRefused, match="明細の状態が変わりました"):
        reporting.confirm(report, person("second"))
    assert _held() == 2


def test_a_report_that_nobody_confirmed_in_time_gives_way_to_the_next(listed: Any) -> None:
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.models import DeletionReport
    from domain.linkage.providing import reporting

    with pytest.MonkeyPatch.context() as patch:
        early = timezone.now() - timedelta(days=15)
        patch.setattr("django.utils.timezone.now", lambda: early)
        old = reporting.report_list(listed, person("proposer"), "2件を削除した")
    with pytest.raises(SettlementRefused, match="期限が切れた"):
        reporting.confirm(old, person("second"))
    new = reporting.report_list(listed, person("proposer"), "端末でもう一度確かめた")
    old.refresh_from_db()
    assert (old.state, new.size, DeletionReport.objects.filter(state="proposed").count()) == ("withdrawn", 2, 1)
    assert reporting.confirm(new, person("second")) == 2
