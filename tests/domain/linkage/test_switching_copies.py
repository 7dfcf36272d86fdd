"""副本 switched off or on while lines are on their way, and where the link cannot send the deletions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.domain.linkage.browsing import text_of
from tests.domain.linkage.conftest import OPERATOR, Link, work
from tests.domain.linkage.killing import Killed, kill_once, requests, revive
from tests.domain.linkage.paid import approve_copies, copies, lines, pay, provide, provide_by_rule
from tests.domain.linkage.world import YEAR, World, child, father, person


@pytest.fixture
def link(approver: Client, world: World, start: Any, tmp_path: Path) -> Link:
    """A link that provides, with a pupil who was paid 12,000 円 and is registered."""
    pupil = world.household(father(), child()).members.get(key="03")
    found: Link = start("nara", "--state", str(tmp_path / "state"))
    found.register()
    provide_by_rule()
    pay({pupil: 12_000})
    return found


def _sent(tmp_path: Path) -> list[str]:
    """The acts on copies that the other side took, in order."""
    return [str(row["act"]) for batch in requests(tmp_path) if batch.kind.value == "provision" for row in batch.rows]


def _send() -> None:
    from domain.linkage import services

    job = work(services.start_provision(OPERATOR))
    assert job.state == "succeeded", job.error


def test_what_waits_to_be_sent_follows_the_switch(link: Link, tmp_path: Path) -> None:
    """Approved and unsent lines are dropped with their history and an event; a list that waits is not approved any more."""
    from domain.linkage import services
    from domain.linkage.errors import TargetsRefused
    from domain.linkage.models import CopyLine
    from tests.support.outbox import outbox

    approve_copies()
    provide_by_rule(provided=False)
    _send()
    assert lines() == [("add", "paid", "dropped", 12_000)]
    assert CopyLine.objects.get().steps.get().note == CopyLine.objects.get().reason != ""
    told = outbox.get(event="linkage:provision:dropped")
    assert (told.detail, len(told.subjects)) == ({"lines": 1}, 1)
    provide_by_rule()
    listed = services.propose_copies(YEAR, person("proposer"))
    assert listed is not None
    provide_by_rule(provided=False)
    with pytest.raises(TargetsRefused, match="設定」が変わりました"):
        services.approve_copies(listed, person("second"), listed.digest)
    provide_by_rule()
    services.approve_copies(listed, person("second"), listed.digest)
    _send()
    provide_by_rule(provided=False)
    approve_copies()
    provide_by_rule()
    _send()
    assert lines()[-1] == ("delete", "stopped", "dropped", 12_000)
    assert copies() == {"03": (12_000, "numbered")}
    assert _sent(tmp_path) == ["add"]


def test_a_batch_that_nobody_sent_yet_loses_what_is_not_wanted(
    link: Link, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    from domain.linkage import services
    from domain.linkage.reconciling import report
    from jobs.running import run_job

    approve_copies()
    kill_once(monkeypatch, "domain.linkage.exchange.batches.mark_tried", "before")
    job = services.start_provision(OPERATOR)
    with pytest.raises(Killed):
        run_job(job.pk)
    provide_by_rule(provided=False)
    assert revive(job).state == "succeeded"
    assert (lines(), _sent(tmp_path)) == ([("add", "paid", "dropped", 12_000)], [])
    assert report(timezone.localdate(), timezone.localdate()).balanced


def test_where_the_link_sends_no_copies_two_people_delete_them_at_the_terminal(
    link: Link, handler: Client, approver: Client, tmp_path: Path
) -> None:
    from domain.linkage import services
    from domain.linkage.exchange.adapters import configuration_in_force
    from domain.linkage.models import CopyLine, DeletionReport
    from tests.integrations.atena_adapters.support import TOKEN
    from tests.support.outbox import outbox

    provide()
    config = configuration_in_force().config
    services.put_in_force(config | {"workflow": config["workflow"] | {"provides": False}}, {"token": TOKEN})
    provide_by_rule(provided=False)
    listed = approve_copies()
    _send()
    assert lines()[-1] == ("delete", "stopped", "waiting", 12_000), "nothing goes out, nothing is forgotten"
    page = handler.get("/linkage/copies/")
    assert "中間サーバーの端末で処理してください" in text_of(page)
    assert "/linkage/copies/provide/" not in page.content.decode()
    place = f"/linkage/copies/lists/{listed.pk}/"
    assert "1件を端末で削除したと報告する" in text_of(handler.get(place))
    assert 'id="id_note_error"' in text_of(handler.post(place, {"act": "deleted", "note": ""}))
    line = CopyLine.objects.get(act="delete")
    assert "中間サーバーの端末で削除した" in text_of(handler.get(f"/linkage/copies/lines/{line.pk}/"))
    done = text_of(
        handler.post(place, {"act": "deleted", "note": "11月22日に端末で削除し、画面で確かめた"}, follow=True)
    )
    assert "別の人が端末を見て確認すると、削除済みになります" in done
    assert "端末で削除したと報告する" not in done, "reported once"
    assert (copies(), lines()[-1][2]) == ({"03": (12_000, "numbered")}, "waiting"), "one person's word deletes nothing"
    report = DeletionReport.objects.get()
    confirm = {"act": "confirm_deletion", "report": report.pk}
    assert handler.post(place, confirm).status_code == 403
    assert "11月22日に端末で削除し、画面で確かめた" in text_of(approver.get(place))
    assert "副本 1件の端末での削除を確認しました" in text_of(approver.post(place, confirm, follow=True))
    assert (copies(), lines()[-1][2]) == ({}, "accepted")
    told = outbox.get(event="linkage:provision:settled")
    assert told.detail == {"act": "done", "lines": 1, "reported_by": report.by}
    assert {subject["kind"] for subject in told.subjects} == {"member", "copy_list"}
    assert "もう決まっています" in text_of(approver.post(place, confirm, follow=True))


def test_a_deletion_that_was_refused_is_settled_when_it_was_done_at_the_terminal(link: Link, handler: Client) -> None:
    from domain.linkage import services
    from domain.linkage.errors import SettlementRefused, TargetsRefused
    from domain.linkage.models import Copy, CopyLine, DeletionReport
    from domain.linkage.providing import reporting

    provide()
    Copy.objects.update(record_number="F999999999")  # not the number that the other side knows
    provide_by_rule(provided=False)
    provide()
    line = CopyLine.objects.get(state="refused")
    with pytest.raises(TargetsRefused, match="登録不可 1件"):
        services.propose_copies(YEAR, person("proposer"))
    with pytest.raises(SettlementRefused, match="原因を直す"):
        services.settle_at_terminal(line, done=False, record_number="", note="端末で確認")
    place = f"/linkage/copies/lines/{line.pk}/"
    assert "副本がないことを端末で確かめた" in text_of(handler.get(place))
    handler.post(place, {"act": "done", "note": "端末で削除した"})
    line.refresh_from_db()
    assert (line.state, len(copies())) == ("refused", 1), "one person's word"
    assert "別の人の確認を待っています" in text_of(handler.get(place))
    assert reporting.confirm(DeletionReport.objects.get(), person("second")) == 1
    line.refresh_from_db()
    assert (line.state, copies()) == ("accepted", {})


def test_a_whole_prefecture_s_copies_are_dropped_and_settled_with_everybody_told(in_a: Any) -> None:
    """One event would be larger than the trail takes, and the act be refused with it."""
    from accounts.permissions import Permission
    from domain.linkage.models import Copy, CopyLine, CopyList
    from domain.linkage.providing import reporting, stopping
    from tests.support.outbox import outbox

    everybody = [CopyLine(copy=Copy(member_id=number)) for number in range(60_000)]
    stopping._note(everybody)
    reporting._record(everybody, CopyList(pk=1), {"act": "done", "lines": 60_000}, Permission.APPROVE_INQUIRY)
    for event in ("linkage:provision:dropped", "linkage:provision:settled"):
        rows = outbox.filter(event=event)
        assert len({subject["id"] for row in rows for subject in row.subjects}) == 60_000, event
