"""事務コード of the link against the work there is: registration and review of each person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.detection.purposes import standing_of
from audit.trail.entries import Subject
from domain.linkage.models import Inquiry, Registration
from tests.domain.linkage.world import HOME, YEAR, World, child, father

SHORT, LONG = timedelta(days=29), timedelta(days=32)


@pytest.fixture
def people(world: World) -> list[Any]:
    return list(world.household(father(), child()).members.order_by("key"))


def whom(code: str, people: list[Any]) -> tuple[set[int], bool]:
    asked = {code: {Subject("member", str(one.pk)) for one in people}}
    (standing,) = standing_of(asked, timezone.localdate()).values()
    return {int(subject.id) for subject in standing.fitting}, standing.in_season


def test_registration_fits_who_is_not_there_yet_or_only_of_late(people: list[Any]) -> None:
    one, other = people
    Registration.objects.filter(member__in=people).delete()
    assert whom("V01", people)[0] == {one.pk, other.pk}, "never told to 統合宛名"
    long_ago = timezone.now() - LONG
    for member in people:
        Registration.objects.create(member=member, state="ready", known=True, since=long_ago)
    assert whom("V01", people)[0] == set()
    rows = Registration.objects.filter(member=one)
    rows.update(since=timezone.now() - SHORT)
    assert whom("V01", people) == ({one.pk}, True)
    rows.update(since=long_ago, state="rejected", known=False)
    assert whom("V01", people)[0] == {one.pk}


def test_review_fits_whose_answer_does_not_agree(people: list[Any]) -> None:
    one, _ = people
    asked = {"fiscal_year": YEAR, "kind": "tax", "base_date": date(2025, 1, 1), "base_address": HOME}
    row = Inquiry.objects.create(member=one, state="answered", match="matched", **asked)
    assert whom("V03", people) == (set(), False)
    rows = Inquiry.objects.filter(pk=row.pk)
    rows.update(match="mismatch")
    assert whom("V03", people) == ({one.pk}, True)
    for ago, fits in ((SHORT, {one.pk}), (LONG, set())):
        rows.update(settlement="rejected", settled_at=timezone.now() - ago)
        assert whom("V03", people)[0] == fits
