"""Each night the day's looks are compared with their reasons, family by family, and what has none is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from audit.trail.entries import Subject
from tests.audit.detection.test_sweep import CANARY, open_record
from tests.platform.accounts.sign_in import make_person


@pytest.fixture
def clerk(hours: Any) -> Any:
    from accounts.roles import Role

    return make_person("swept-clerk", (Role.SCHOOL_CLERK, "S01"))


def test_the_night_compares_accesses_with_their_reasons(clerk: Any, monkeypatch: Any) -> None:
    from audit.detection import reasons
    from audit.detection.models import AccessDay, UnexplainedAccess
    from audit.detection.nightly import compare

    known = Subject("household", "1")
    explainer = reasons.Explainer(
        "E1", "申請", lambda user, subjects, day: {s: "申請中" for s in subjects if s == known}
    )
    monkeypatch.setattr(reasons, "_explainers", {"E1:test": explainer})
    for subject in (known, CANARY, CANARY):
        open_record(clerk, subject)
    today = timezone.localdate()
    for _ in range(2):
        compare(today)
    row = AccessDay.objects.get(username="swept-clerk")
    assert (row.accesses, row.explained, row.day) == (2, 1, today)
    (left,) = UnexplainedAccess.objects.filter(username="swept-clerk")
    assert (left.kind, left.subject, left.times) == ("household", CANARY.id, 2)


def test_the_night_keeps_the_explained_looks_at_relatives_for_the_month(clerk: Any, monkeypatch: Any) -> None:
    """Of three records of relatives and colleagues two have a reason; no alert of them, and still counted."""
    from audit.detection import reasons
    from audit.detection.models import AccessDay
    from audit.detection.nightly import compare

    known = {Subject("household", "1"), Subject("household", "2")}
    explainer = reasons.Explainer(
        "E1", "申請", lambda user, subjects, day: {s: "申請中" for s in subjects if s in known}
    )
    marker = reasons.Marker("test", lambda user, subjects: dict.fromkeys(subjects, "同僚と氏名の同じ人の世帯"))
    monkeypatch.setattr(reasons, "_explainers", {"E1:test": explainer})
    monkeypatch.setattr(reasons, "_related", {"test": marker})
    for subject in (*known, CANARY):
        open_record(clerk, subject)
    compare(timezone.localdate())
    row = AccessDay.objects.get(username="swept-clerk")
    assert (row.accesses, row.explained, row.related) == (3, 2, 2)


def test_the_night_counts_a_family_once(clerk: Any) -> None:
    """The household, its 調書 and the child: one household, without a reason as soon as one of the looks has none."""
    from audit.detection.gathering import day_of
    from audit.detection.models import AccessDay, UnexplainedAccess
    from audit.detection.nightly import compare
    from domain.households.models import Pupil
    from domain.statements.models import Statement
    from tests.support.records import YEAR, family, school

    home = family(number="00001")
    pupil = Pupil.objects.get(member__household=home)
    statement = Statement.objects.create(household=home, fiscal_year=YEAR, school=school("S09"))
    for kind, row in (("household", home), ("statement", statement), ("pupil", pupil)):
        open_record(clerk, Subject(kind, str(row.pk)))
    today = timezone.localdate()
    compare(today)
    night = AccessDay.objects.get(username="swept-clerk")
    assert (night.accesses, night.explained) == (1, 0)
    assert UnexplainedAccess.objects.filter(username="swept-clerk").count() == 3
    (place,) = set(day_of(clerk, today).homes.values())
    assert (place.subject, place.place) == (Subject("household", str(home.pk)), "00001")
