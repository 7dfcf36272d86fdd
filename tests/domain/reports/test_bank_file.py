"""総合振込データ: read back and compared before it is written."""

from __future__ import annotations

from typing import Any

import pytest

from domain.payments.models import PaymentRound, Transfer
from domain.reports import services
from domain.reports.banking import checked
from domain.reports.errors import TransferFileDiffers
from integrations.bank_transfer import parse
from jobs.models import Job
from jobs.running import run_job
from tenants.core import files
from tests.domain.payments import support as payments
from tests.domain.reports import support
from tests.support import records
from tests.support.outbox import outbox


@pytest.fixture
def round_(in_a: Any) -> PaymentRound:
    school = records.school("S01")
    for number in ("1000001", "1000002"):
        support.paid_pupil(school, at=payments.child(records.household(account_number=number)))
    support.paid_pupil(school, at=payments.child(records.household(account_number="")))
    return support.released_round()


def test_the_file_holds_what_was_approved(round_: PaymentRound) -> None:
    job = support.done(services.start_bank_file(round_.pk))
    (output,) = support.outputs()
    file = parse(files.read(output.path))
    assert (output.documents, output.total) == (2, file.total) == (2, round_.transferable_total)
    assert job.counts == {"振込": 2, "合計（円）": file.total}
    assert (output.school_code, output.kind) == ("", "bank")
    event = outbox.get(event="round:file:made")
    assert event.detail == {"count": 2, "total": file.total}
    assert services.start_bank_file(round_.pk) == job


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"transferable_total": 1, "untransferable_total": 0}, "合計金額"),
        ({"confirmed_total": 999}, "合計金額"),
    ],
)
def test_a_file_that_is_not_what_was_approved_is_refused(round_: PaymentRound, change: Any, what: str) -> None:
    from domain.payments.services import bank_file

    data = bank_file(round_)
    for name, value in change.items():
        setattr(round_, name, value)
    with pytest.raises(TransferFileDiffers, match=what):
        checked(round_, data)


def test_bytes_of_other_transfers_are_refused_and_nothing_is_written(
    round_: PaymentRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.payments.services import bank_file

    data = bank_file(round_)
    records_of_120 = [data[at : at + 122] for at in range(0, len(data), 122)]
    broken = b"".join([records_of_120[0], *records_of_120[2:]])
    for bad in (broken, data[:-10], data.replace(b"0825", b"0826", 1)):
        monkeypatch.setattr("domain.reports.banking.bank_file", lambda _, bad=bad: bad)
        job = services.start_bank_file(round_.pk)
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.FAILED
        assert "支払わずに" in job.error
        assert job.error_id.startswith("reports.transfer-file-differs")
    assert (support.outputs(), support.on_disk()) == ([], [])


def test_a_transfer_that_vanished_stops_the_file(round_: PaymentRound) -> None:
    Transfer.objects.filter(household__account_number="1000001").delete()
    job = services.start_bank_file(round_.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.error_id.startswith("payments.sums-disagree")
    assert support.outputs() == []
