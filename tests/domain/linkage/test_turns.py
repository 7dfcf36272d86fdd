"""A batch that fails each time keeps no other batch of the prefecture from its turn; the job says it at its end."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from integrations.atena_adapters.errors import AnswerUnreadable, CommunicationError
from tests.domain.linkage.conftest import OPERATOR, Link, work
from tests.domain.linkage.paid import copies, pay, provide_by_rule
from tests.domain.linkage.world import World, child, father


def batch_out(kind: str, version: int, sequence: int) -> Any:
    """A batch that went out under this version and was never answered."""
    from domain.linkage.models import Batch

    return Batch.objects.create(
        kind=kind, state="sent", adapter_version=version, sequence=sequence, fiscal_year=2025, size=1,
        sent_at=timezone.now(), tried_at=timezone.now(), receipt=Batch.objects.filter(state="collected")[0].receipt,
        operator={"staff_number": "", "organisation_number": "", "approval_number": ""},
    )  # fmt: skip


def _gone(link: Link) -> int:
    """The version of a link whose machine is not there any more; the one that works is in force again afterwards."""
    from domain.linkage.exchange.adapters import configuration_in_force
    from domain.linkage.services import put_in_force

    config = link.config.model_dump(mode="json")
    away = config | {"transport": config["transport"] | {"base_url": "http://127.0.0.1:9"}}
    put_in_force(away, {"token": "sample-token"})
    version = configuration_in_force().version
    put_in_force(config, {"token": "sample-token"})
    return version


def _late(adapter: Any, receipt: Any) -> Any:
    """Answers are not there yet."""
    from integrations.atena_adapters.port import Collection, Pending

    return Collection(receipt.batch_id, {line.line_id: Pending() for line in receipt.lines})


@pytest.fixture
def waiting(world: World, start: Any) -> Link:
    """A copy that was sent and not collected, and before it in number and kind a batch of a link that is gone."""
    from domain.linkage import services
    from domain.linkage.models import Batch, CopyLine
    from integrations.atena_adapters.adapter import ComposedAdapter
    from tests.domain.linkage.paid import approve_copies

    pupil = world.household(father(), child()).members.get(key="03")
    link: Link = start("nara")
    assert link.register().state == "succeeded"
    provide_by_rule()
    pay({pupil: 12_000})
    approve_copies()
    with pytest.MonkeyPatch.context() as early:
        early.setattr(ComposedAdapter, "collect", _late)
        work(services.start_provision(OPERATOR))
    assert (CopyLine.objects.get().state, Batch.objects.get(kind="provide").state) == ("sent", "sent")
    return link


def test_the_hourly_collection_asks_about_the_others_before_it_says_who_is_away(waiting: Link) -> None:
    from domain.linkage import services

    stuck = batch_out("register", _gone(waiting), 900)
    job = work(services.start_collection())
    assert copies() == {"03": (12_000, "numbered")}, "the copy after it was collected"
    assert job.state == "queued"
    assert job.error.startswith("通信エラー（再送可）。")
    stuck.refresh_from_db()
    assert (stuck.state, bool(stuck.problem)) == ("sent", True)


def test_the_batch_after_an_unreadable_one_is_collected(waiting: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch

    version = Batch.objects.get(kind="provide").adapter_version
    batch_out("provide", version, 0)
    monkeypatch.setattr(*_failing_at(0, AnswerUnreadable("回答を読めません。")))
    job = work(services.start_collection())
    assert copies() == {"03": (12_000, "numbered")}
    assert (job.state, job.error_id.split("/")[0]) == ("failed", "linkage.exchange-stopped")
    assert "回答を読めません" in job.error


def test_a_batch_whose_question_breaks_the_line_each_time_comes_last_the_next_time(
    waiting: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other side is left alone for the rest of a job that could not reach it; the others are asked about first thereafter."""
    from domain.linkage import services
    from domain.linkage.models import Batch

    version = Batch.objects.get(kind="provide").adapter_version
    batch_out("provide", version, 0)
    monkeypatch.setattr(*_failing_at(0, CommunicationError("接続が切れました。", retryable=True)))
    job = work(services.start_collection())
    assert copies() == {}
    work(job)
    assert copies() == {"03": (12_000, "numbered")}


def test_a_send_that_fails_leaves_what_is_out_to_be_collected(waiting: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sending and collecting are one run: a list that cannot go out kept the answers of those before it away."""
    from domain.linkage import services
    from domain.linkage.models import Batch
    from domain.linkage.providing.sending import Providing

    Batch.objects.filter(kind="provide").update(sequence=901)
    left = batch_out("provide", Batch.objects.get(kind="provide").adapter_version, 0)
    Batch.objects.filter(pk=left.pk).update(state="prepared")
    real = Providing.submit

    def submit(work_: Any, adapter: Any, batch: Any) -> Any:
        if batch.pk == left.pk:
            raise AnswerUnreadable("受付の返事を読めません。")
        return real(work_, adapter, batch)

    monkeypatch.setattr(Providing, "submit", submit)
    job = work(services.start_provision(OPERATOR))
    assert copies() == {"03": (12_000, "numbered")}
    assert (job.state, "受付の返事を読めません" in job.error) == ("failed", True)


def _failing_at(sequence: int, error: Exception) -> tuple[Any, str, Any]:
    """The adapter, but for one batch: each question about it ends in this error."""
    from domain.linkage.models import Batch
    from integrations.atena_adapters.adapter import ComposedAdapter

    real, bad = ComposedAdapter.collect, Batch.objects.get(sequence=sequence)
    Batch.objects.filter(pk=bad.pk).update(receipt=bad.receipt | {"batch_id": str(bad.pk)})

    def collect(adapter: Any, receipt: Any) -> Any:
        if str(bad.pk) in str(receipt.to_json()):
            raise error
        return real(adapter, receipt)

    return ComposedAdapter, "collect", collect
