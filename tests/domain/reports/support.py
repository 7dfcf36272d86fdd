"""Schools whose households are decided, whose pupils are paid; jobs as a worker does them; PDF as text."""

from __future__ import annotations

import io
from typing import Any

import pypdf

from accounts.roles import Role
from domain.households.models import Household, Pupil, School
from domain.linkage.models import Inquiry
from domain.linkage.targets import base_date
from domain.payments.models import PaymentRound
from domain.reports.models import OutputFile
from domain.rules import load_pack
from domain.statements import services as statements
from domain.statements.models import Statement
from jobs.models import Job
from jobs.running import run_job
from tenants.core import files
from tests.domain.payments import support as payments
from tests.support import records
from tests.support.records import YEAR

PACK = load_pack("R07-former-standard", overlays=("sample-operator",))
INCOME = 3_000_000
ANSWER = {
    "total_income": INCOME,
    "retirement_income": 0,
    "forest_income": 0,
    "social_insurance": 400_000,
    "life_insurance": 40_000,
    "earthquake_insurance": 5_000,
}
NET = 2_555_000
"""The income that `ANSWER` gives, 円 a year."""


def home(where: School, **values: Any) -> Household:
    """A family whose parents were both asked; the father earned."""
    made = records.family(where, **values)
    father, mother = made.members.order_by("key")[:2]
    for member, answer in ((father, ANSWER), (mother, dict.fromkeys(ANSWER, 0))):
        Inquiry.objects.create(
            member=member,
            fiscal_year=YEAR,
            kind=Inquiry.Kind.TAX,
            base_date=base_date(YEAR),
            base_address=made.address,
            state=Inquiry.State.ANSWERED,
            match=Inquiry.Match.MATCHED,
            answer=answer,
        )
    return made


def computed() -> None:
    """Every household of the year has its computation."""
    statements.open_statements(YEAR)
    statements.compute(list(Statement.objects.filter(fiscal_year=YEAR)), PACK)


def decided(where: School) -> None:
    """Computed, forwarded, proposed and approved by two people."""
    computed()
    statements.forward(where, YEAR, records.staff(Role.PRINCIPAL))
    statements.propose_all(YEAR, records.staff(Role.BOARD_OFFICER), document_number="決裁7")
    ids = list(Statement.objects.filter(school=where, state="proposed").values_list("pk", flat=True))
    statements.approve(ids, records.staff(Role.APPROVER))


def decided_homes(where: School, count: int = 2, **values: Any) -> list[Household]:
    made = [home(where, **values) for _ in range(count)]
    decided(where)
    return made


def paid_pupil(where: School, category: int = 2, **values: Any) -> Pupil:
    """A pupil with a lunch receipt of 5,000円 in April and one of 1,001円 in June for the way to school."""
    who = payments.pupil(category, where=where, **values)
    payments.spend(who, "school_lunch", 5_000, payments.day(4))
    payments.spend(who, "commuting_self", 1_001, payments.day(6))
    return who


def released_round(number: int = 1) -> PaymentRound:
    return payments.released(payments.approved(payments.calculated(payments.opened(number))))


def done(job: Job) -> Job:
    """The job after a worker had it; it must have succeeded."""
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED, job.error
    return job


def outputs(kind: str = "") -> list[OutputFile]:
    rows = OutputFile.objects.order_by("id")
    return list(rows.filter(kind=kind) if kind else rows)


def pages(output: OutputFile) -> list[str]:
    """Text of each page without blanks."""
    reader = pypdf.PdfReader(io.BytesIO(files.read(output.path)))
    return ["".join(page.extract_text().split()) for page in reader.pages]


def on_disk() -> list[str]:
    """Every file below the prefecture's folder for reports, partial ones too."""
    root = files.storage_root() / "reports"
    return sorted(path.name for path in root.rglob("*") if path.is_file()) if root.exists() else []
