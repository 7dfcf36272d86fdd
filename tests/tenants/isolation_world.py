"""One object of prefecture A for every kind of identifier that a URL takes, each carrying a mark that nobody else may see.

A new URL is probed without writing a test. One with a new kind of identifier needs an object here: the probes say so.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

MARK = "甲県秘匿"
"""On everything that belongs to prefecture A, and there to the school below."""

JOB_MARK = "甲県処理"
"""On what everybody in prefecture A may see, and nobody elsewhere."""

SCHOOL = "S01"
OTHER_SCHOOL = "S02"
YEAR = 2025

Samples = dict[str, object]

# Primary keys are numbered in each schema from 1: these are far from any that prefecture B could have by itself.
_keys = itertools.count(8_000_001)


def objects_of_a() -> Samples:
    """Made inside prefecture A. Keys: the name of the URL's argument, or namespace:name where one name means two things."""
    from domain.households.models import School
    from tests.support import records

    school = records.school(SCHOOL)
    records.school(OTHER_SCHOOL)
    home = records.household(pk=next(_keys), guardian_name=MARK, address=f"{MARK}町1", maintained_by=school)
    member = records.member(home, pk=next(_keys), name=MARK, stage="elementary", born=datetime.date(2016, 5, 5))
    pupil = records.pupil(member, school, pk=next(_keys))
    return {
        "household_id": home.pk,
        "canary_id": _canary(school),
        "school_id": School.objects.create(pk=next(_keys), code="S03", name=MARK).pk,
        "member_id": member.pk,
        "pupil_id": pupil.pk,
        "period_id": _status(pupil),
        "move": "confirm",
        **_imports(school),
        **_vault(member),
        **_year(home, member, school),
        **_payments(pupil, school),
        **_provision(member),
        **_yearpacks(),
        **_watch(),
        **_handover(),
        **_staffing(),
        **_sandbox(),
        **_samples(),
        **accounts_of_scope(),
        "job_id": job_of_scope("linkage.register"),
    }


def objects_of_console(prefecture: Any) -> Samples:
    """Made inside the console."""
    from accounts.models import User
    from accounts.services import create_user
    from tenants.console.adapters import save_adapter_draft
    from tests.tenants.console.conftest import config, trial_of

    writer: User = create_user("writer", MARK)
    draft = save_adapter_draft(prefecture, config(), {"token": MARK}, writer)
    return {
        "prefecture_code": prefecture.code,
        "version": draft.version,
        "pack_name": "R07-former-standard",
        "earlier": draft.version,
        "trial": trial_of(draft).number,
        "state": "suspended",
        "visit_id": _visit(prefecture),
        **accounts_of_scope(),
        "job_id": job_of_scope("console.check_adapter"),
    }


def accounts_of_scope() -> Samples:
    """A person of this scope with a role and a session, whose numbers no other scope has."""
    from accounts.models import (
        AccountRequest,
        HardwareToken,
        InputDraft,
        RoleAssignment,
        SessionRecord,
        TenantNetwork,
        User,
        VendorWindow,
    )

    user = User.objects.create(pk=next(_keys), username=f"hito-{next(_keys)}", display_name=MARK)
    role = RoleAssignment.objects.create(pk=next(_keys), user=user, role="monitor", starts_on=timezone.localdate())
    now = timezone.now()
    session = SessionRecord.objects.create(
        user=user, terminal="T-AAAA-AAAA", method="totp", started_at=now, last_seen_at=now, ended_at=now
    )
    asked = AccountRequest.objects.create(pk=next(_keys), kind="code", user=user, asked_by=user.username, asked_at=now)
    window = VendorWindow.objects.create(
        pk=next(_keys), operator="somebody", purpose=MARK, pages=[], opened_by=user.username, opens_at=now,
        ends_at=now + datetime.timedelta(hours=1),
    )  # fmt: skip
    token = HardwareToken(pk=next(_keys), serial=f"T{next(_keys)}", maker=MARK, loaded_at=now, changed_at=now)
    token.seal_seed(b"0" * 20)
    token.save(force_insert=True)
    draft = InputDraft(user=user, terminal="T-AAAA-AAAA", page="/", action="/", saved_at=now)
    draft.seal([("reason", MARK)])
    draft.save()
    return {
        "draft_id": draft.pk,
        "place_id": TenantNetwork.objects.create(
            pk=next(_keys), cidr="0.0.0.0/0", name=MARK, added_by="somebody", added_at=now
        ).pk,
        "accounts:kind": "network",
        "token_id": token.pk,
        "window_id": window.pk,
        "request_id": asked.pk,
        "user_id": user.pk,
        "assignment_id": role.pk,
        "session_id": session.pk,
    }


def _staffing() -> Samples:
    from domain.staffing.models import TransferLine, TransferPlan

    plan = TransferPlan.objects.create(
        pk=next(_keys), file_name=MARK, digest="9" * 64, effective_on=timezone.localdate(), proposed_by=MARK,
        proposed_at=timezone.now(),
    )  # fmt: skip
    TransferLine.objects.create(plan=plan, row=1, kind="new", username="hito", name=MARK)
    return {"transfer_id": plan.pk}


def job_of_scope(kind: str) -> object:
    from jobs.models import Job
    from jobs.services import start

    job = start(kind, {}, key=f"isolation:{next(_keys)}", title=JOB_MARK)
    assert Job.objects.filter(pk=job.pk).exists()
    return job.pk


def _status(pupil: Any) -> object:
    from domain.households.models import StatusPeriod

    row = StatusPeriod.objects.get(pupil=pupil)
    row.delete()
    row.pk = next(_keys)
    row.save(force_insert=True)
    return row.pk


def _imports(school: Any) -> Samples:
    from domain.households.models import RosterImport, RosterProblem
    from domain.vault.models import NumberDeposit

    common = {"school": school, "file_name": f"{MARK}.xlsx", "created_by": MARK}
    roster = RosterImport.objects.create(pk=next(_keys), fiscal_year=YEAR, digest="0" * 64, **common)
    problem = RosterProblem.objects.create(
        pk=next(_keys), roster=roster, sheet=MARK, row=2, severity="parked", code="x", message=MARK
    )
    deposit = NumberDeposit.objects.create(pk=next(_keys), digest="1" * 64, **common)
    return {"households:import_id": roster.pk, "problem_id": problem.pk, "deposit_id": deposit.pk}


def _vault(member: Any) -> Samples:
    from domain.vault.models import NumberConflict, PurgeRun, RevealList, SettingsChange
    from tests.support.records import member as another

    other = another(member.household, pk=next(_keys), name=MARK)
    conflict = NumberConflict.objects.create(pk=next(_keys), member=member, other=other, kind="shared", found_by=MARK)
    asked = RevealList.objects.create(
        field="individual_number", duty="V01", case=MARK, people=1, digest="7" * 64, asked_by="somebody"
    )
    disposal = PurgeRun.objects.create(
        rule="left", keep_years=5, before=datetime.date(2020, 4, 1), count=1, digest="8" * 64, proposed_by=MARK
    )
    change = SettingsChange.objects.create(mode="held", keep_years=9, proposed_by=MARK)
    ours = {"conflict_id": conflict.pk, "vault:list_id": asked.pk, "disposal_id": disposal.pk}
    return ours | {"vault:change_id": change.pk}


def _year(home: Any, member: Any, school: Any) -> Samples:
    from domain.linkage.models import Inquiry, Registration, TargetList
    from domain.reports.models import NoticeWording, OutputFile
    from domain.statements.models import Statement

    inquiry = Inquiry.objects.create(
        pk=next(_keys), member=member, fiscal_year=YEAR, kind="tax", base_date=datetime.date(2025, 1, 1),
        base_address=MARK, state="answered", match="review",
    )  # fmt: skip
    Registration.objects.create(pk=next(_keys), member=member)
    listed = TargetList.objects.create(
        pk=next(_keys), fiscal_year=YEAR, number=99, digest="sha256:0", size=0, proposed_by=MARK
    )
    statement = Statement.objects.create(pk=next(_keys), household=home, fiscal_year=YEAR, school=school)
    file = OutputFile.objects.create(
        pk=next(_keys), kind="notice", key="isolation", run="isolation", subject="isolation", fingerprint="2" * 64,
        title=f"{MARK} 決定通知書", school_code=SCHOOL, fiscal_year=YEAR, path="isolation.pdf", digest="3" * 64,
        media_type="application/pdf", size=1, created_by=MARK,
    )  # fmt: skip
    wording = NoticeWording.objects.create(
        pk=next(_keys), starts_on=datetime.date(2031, 4, 1), instruction=JOB_MARK, contact=JOB_MARK, sender=JOB_MARK,
        proposed_by="somebody",
    )  # fmt: skip
    ids: Samples = {"inquiry_id": inquiry.pk, "list_id": listed.pk, "statement_id": statement.pk}
    return ids | {"file_id": file.pk, "wording_id": wording.pk}


def _provision(member: Any) -> Samples:
    from domain.linkage.models import Copy, CopyLine, CopyList, HeldInquiry, ProvisionRule

    copy = Copy.objects.create(member=member, fiscal_year=YEAR)
    listed = CopyList.objects.create(pk=next(_keys), fiscal_year=YEAR, number=99, digest="0", size=1, proposed_by=MARK)
    day = datetime.date(2025, 6, 1)
    line = CopyLine.objects.create(
        pk=next(_keys), listed=listed, copy=copy, act="add", cause="paid", amount=1, period_from=day, period_to=day
    )
    held = HeldInquiry.objects.create(
        pk=next(_keys), entry="SK1", member=member, party=MARK, item=MARK, asked_at=timezone.now(), due_on=day
    )
    rule = ProvisionRule.objects.create(pk=next(_keys), starts_on=day, notice=MARK, by="x")
    return {"copy_list_id": listed.pk, "line_id": line.pk, "held_id": held.pk, "provision_id": rule.pk}


def _payments(pupil: Any, school: Any) -> Samples:
    from domain.payments.models import Adjustment, Expense, ExpenseImport, OutsideGrant, PaymentRound, PupilPayment

    day = datetime.date(2025, 6, 1)
    round_ = PaymentRound.objects.create(
        pk=next(_keys), fiscal_year=YEAR, number=99, title="第99回", starts_on=day, ends_on=day,
        pay_on=day + datetime.timedelta(days=30),
    )  # fmt: skip
    payment = PupilPayment.objects.create(pk=next(_keys), round=round_, pupil=pupil, state="nothing", reason=MARK)
    expense = Expense.objects.create(
        pk=next(_keys), school=school, pupil=pupil, fiscal_year=YEAR, item="school_supplies", used_on=day, amount=1_000,
        evidence=MARK, created_by=MARK,
    )  # fmt: skip
    adjustment = Adjustment.objects.create(
        pk=next(_keys), round=round_, pupil=pupil, run=0, item="school_supplies", month=day, total=-1, net=-1, state="open",
        ledgers={"statutory": -1}, causes=["status"],
    )  # fmt: skip
    handed = ExpenseImport.objects.create(
        pk=next(_keys), school=school, fiscal_year=YEAR, file_name=f"{MARK}.xlsx", digest="4" * 64, created_by=MARK
    )
    grant = OutsideGrant.objects.create(pk=next(_keys), pupil=pupil, fiscal_year=YEAR, expense=1, paid=1, source=MARK)
    ids: Samples = {"grant_id": grant.pk, "round_id": round_.pk, "payment_id": payment.pk}
    return ids | {"adjustment_id": adjustment.pk, "expense_id": expense.pk, "payments:import_id": handed.pk}


def _yearpacks() -> Samples:
    from domain.yearpacks.models import InForce, Revision, WorkbookUpload

    base = "R07-former-standard"
    content = {"pack": {"title": MARK, "fiscal_year": YEAR, "extends": [base]}, "sources": {}}
    revision = Revision.objects.create(
        pk=next(_keys), fiscal_year=YEAR, number=99, title=MARK, base=base, content=content, created_by=MARK
    )
    force = InForce.objects.create(
        pk=next(_keys), fiscal_year=YEAR, starts_on=datetime.date(YEAR, 4, 1), reason=MARK, proposed_by="somebody"
    )
    upload = WorkbookUpload.objects.create(
        pk=next(_keys), revision=revision, file_name=f"{MARK}.xlsx", file_digest="5" * 64, content_digest="6" * 64,
        received_by=MARK,
    )  # fmt: skip
    return {"revision_id": revision.pk, "force_id": force.pk, "upload_id": upload.pk, "row_id": "r0"}


def _watch() -> Samples:
    from audit.detection.models import DayOff, Loosening, OvertimeNotice, SignalException
    from audit.review.models import Alert, Incident

    now = timezone.now()
    alert = Alert.objects.create(key="isolation", rule="x", username="somebody", occurred_at=now, sentence=MARK)
    incident = Incident.objects.create(pk=next(_keys), alert=alert, known_on=datetime.date(2031, 5, 5))
    notice = OvertimeNotice.objects.create(
        pk=next(_keys), username="somebody", starts_at=now, ends_at=now + datetime.timedelta(hours=1), reason=MARK,
        approved_by="another",
    )  # fmt: skip
    day_off = DayOff.objects.create(pk=next(_keys), day=datetime.date(2031, 5, 5), name=MARK, created_by=MARK)
    ids = {"alert_id": alert.pk, "notice_id": notice.pk, "day_off_id": day_off.pk, "incident_id": incident.pk}
    agreed = Loosening.objects.create(
        pk=next(_keys), kind="exception", rule="volume", ends_at=now + datetime.timedelta(days=1), reason=MARK,
        proposed_by="somebody", state="approved", decided_by="another", decided_at=now,
    )  # fmt: skip
    exception = SignalException.objects.create(
        pk=next(_keys), loosening=agreed, rule="volume", starts_at=now, ends_at=now + datetime.timedelta(days=1),
        reason=MARK, author="somebody", approved_by="another",
    )  # fmt: skip
    asked = Loosening.objects.create(
        pk=next(_keys), kind="exception", rule="volume", username="somebody", ends_at=now + datetime.timedelta(days=1),
        reason=MARK, proposed_by="another",
    )  # fmt: skip
    ids |= {"exception_id": exception.pk, "loosening_id": asked.pk}
    return ids | {"month": datetime.date(2031, 5, 1), "rule_id": "no-such-rule"} | _trail()


def _canary(school: Any) -> int:
    from domain.households.models import CanaryHousehold

    born = datetime.date(2016, 5, 5)
    return CanaryHousehold.objects.create(
        pk=next(_keys), number=f"{MARK}1", guardian_name=MARK, guardian_kana=MARK, guardian_born=born, child_name=MARK,
        child_kana=MARK, child_born=born, address=MARK, student_number="1", school=school, placed_by=MARK,
    ).pk  # fmt: skip


def _trail() -> Samples:
    from audit.trail.models import TrailRequest
    from audit.trail.recorder import record_access
    from audit.trail.sealing.export import newest_head
    from audit.trail.sealing.sealer import PURPOSE, seal_scope
    from audit.trail.vocabulary import Event
    from tenants.core.context import scope
    from tenants.core.keys import signing_key

    event = record_access(Event.READ_TRAIL_SHOWN)
    seal_scope(scope(), signing_key(PURPOSE))
    newest = newest_head()
    asked = TrailRequest.objects.create(
        pk=next(_keys), kind="enquiry", received_on=datetime.date(2031, 5, 5), text=MARK, received_by=MARK
    )
    return {"trail:number": newest.number if newest else 0, "event_id": event, "trail:request_id": asked.pk}


def _handover() -> Samples:
    from domain.handover.models import CarriedFile, CarryAct, EvidenceCopy, SheetEntry
    from domain.linkage.models import Batch

    act = CarryAct.objects.create(
        pk=next(_keys), kind="release", approval_number=MARK, medium=MARK, proposed_by="somebody"
    )
    file = CarriedFile.objects.create(pk=next(_keys), act=act, direction="out", name=MARK, digest="7" * 64)
    batch = Batch.objects.create(kind="register", sequence=next(_keys), fiscal_year=YEAR, adapter_version=1, size=1)
    sheet = f"registration_{batch.pk}"
    entry = SheetEntry.objects.create(pk=next(_keys), sheet=sheet, place=1, by=MARK, content="8" * 64)
    path = f"sheet-evidence/{entry.pk}.sealed"
    copy = EvidenceCopy.objects.create(
        pk=next(_keys), entry=entry, name=MARK, media_type="application/pdf", size=1, digest="9" * 64, path=path
    )
    ids = {"act_id": act.pk, "carried_id": file.pk, "batch_id": batch.pk, "sheet": sheet}
    return ids | {"evidence_id": copy.pk}


def _sandbox() -> Samples:
    from domain.impact.models import ImpactRun, ReplayNight

    plan = {"year": YEAR, "before": None, "after": None}
    run = ImpactRun.objects.create(
        pk=next(_keys), mode="categories", title=MARK, plans=[plan], asked_by=MARK,
        expires_on=datetime.date(2031, 1, 1),
    )  # fmt: skip
    night = ReplayNight.objects.create(pk=next(_keys), day=datetime.date(2031, 1, 1))
    return {"run_id": run.pk, "night_id": night.pk}


def _samples() -> Samples:
    from accounts.models import User
    from domain.atena_trials import services
    from tests.tenants.console.conftest import config

    offered = services.offer(9_001, config("osaka"))
    user = User.objects.create(pk=next(_keys), username=f"mihon-{next(_keys)}")
    sample = services.try_sample(offered, "inquiry_answer", f"{MARK}.csv", f"{MARK}\n".encode(), user)
    return {"sample_id": sample.pk}


def _visit(prefecture: Any) -> int:
    from accounts.models import VendorVisit

    at = timezone.now()
    return VendorVisit.objects.create(
        operator="somebody-else", scope=prefecture.schema_name, prefecture_name=MARK, window=next(_keys), begun_at=at,
        ends_at=at,
    ).pk  # fmt: skip


def arguments_of(name: str, converters: dict[str, Any], samples: Samples) -> Iterator[tuple[str, object]]:
    """What to put into a URL. Raises LookupError with what to do for a kind of identifier that has no object yet."""
    namespace = name.rpartition(":")[0]
    for argument in converters:
        for key in (f"{namespace}:{argument}", argument):
            if key in samples:
                yield argument, samples[key]
                break
        else:
            raise LookupError(
                f"URL {name} takes <{argument}>, for which {__name__} has no object: make one and return it as {argument!r}"
                f" (or {namespace}:{argument} when the name is taken)"
            )
