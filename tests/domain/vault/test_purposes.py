"""事務コード against the work there is: what fits whom, and the alert when numbers are looked at under a code that fits nobody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.roles import Role
from audit.detection.purposes import standing_of
from audit.trail.entries import Subject
from audit.trail.models import TrailRequest
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households.models import Member, Pupil
from domain.vault import services
from domain.vault.duties import DUTIES
from domain.vault.models import NumberConflict, PersonNumber, PurgeLine, PurgeRun, VaultSettings
from tests.platform.accounts.sign_in import make_person
from tests.support.records import acting

INDIVIDUAL = PersonNumber.Field.INDIVIDUAL
SHORT, LONG = timedelta(days=29), timedelta(days=32)


@pytest.fixture(autouse=True)
def no_list_is_asked_for(in_a: Any) -> None:
    VaultSettings.objects.update(needs_list=False)


def whom(code: str, members: dict[str, Member]) -> tuple[set[str], bool]:
    """Keys of the members whom the code fits today, and whether anybody has such work."""
    by_id = {str(member.pk): key for key, member in members.items()}
    asked = {code: {Subject("member", pk) for pk in by_id}}
    (standing,) = standing_of(asked, timezone.localdate()).values()
    return {by_id[subject.id] for subject in standing.fitting}, standing.in_season


def test_every_duty_people_may_choose_says_what_it_is_for(three: dict[str, Member]) -> None:
    for duty in DUTIES:
        (standing,) = standing_of({duty.code: set()}, timezone.localdate()).values()
        assert standing.title == duty.label
    assert standing_of({"V99": set()}, timezone.localdate()) == {}


def test_a_correction_fits_who_shares_a_number_or_had_one_changed(three: dict[str, Member]) -> None:
    assert whom("V02", three) == (set(), True)
    row = NumberConflict.objects.create(member=three["1"], other=three["2"], kind="shared", found_by="見本")
    assert whom("V02", three)[0] == {"1", "2"}
    for ago, fits in ((SHORT, {"1", "2"}), (LONG, set())):
        NumberConflict.objects.filter(pk=row.pk).update(settled_at=timezone.now() - ago)
        assert whom("V02", three)[0] == fits
    changed = PersonNumber.objects.filter(member=three["3"])
    changed.update(ended="corrected", held_until=timezone.now() - SHORT)
    assert whom("V02", three)[0] == {"3"}
    changed.update(held_until=timezone.now() - LONG)
    assert whom("V02", three)[0] == set()


def test_a_request_fits_the_household_it_is_about(three: dict[str, Member]) -> None:
    assert whom("V04", three) == (set(), False)
    today = timezone.localdate()
    home = {
        "subject_kind": "household",
        "subject_id": str(three["1"].household_id),
        "text": "開示",
        "received_by": "見本",
    }
    row = TrailRequest.objects.create(kind="disclosure", received_on=today, **home)
    assert whom("V04", three) == ({"1", "2", "3"}, True)
    answered = TrailRequest.objects.filter(pk=row.pk)
    for ago, fits in ((SHORT, {"1", "2", "3"}), (LONG, set())):
        answered.update(decision="granted", answer="全部", answered_on=today - ago, received_on=today - ago)
        assert whom("V04", three)[0] == fits


def test_a_disposal_fits_whose_number_is_past_its_years(three: dict[str, Member]) -> None:
    assert whom("V05", three) == (set(), False)
    run = PurgeRun.objects.create(
        rule="former", keep_years=5, before=date(2020, 4, 1), count=1, digest="0" * 64, proposed_by="見本"
    )
    listed = PersonNumber.objects.get(member=three["2"], field=INDIVIDUAL)
    PurgeLine.objects.create(run=run, number_id=listed.pk, tombstone="0" * 64)
    assert whom("V05", three) == ({"2"}, True), "on a list that waits"
    PurgeRun.objects.filter(pk=run.pk).update(state="withdrawn")
    assert whom("V05", three) == (set(), False)
    Pupil.objects.filter(member__in=[member.pk for member in three.values()]).update(left_on=date(2001, 3, 31))
    assert whom("V05", three) == ({"1", "2", "3"}, True)


def test_an_audit_fits_nobody_by_itself(three: dict[str, Member]) -> None:
    assert whom("V06", three) == (set(), False)


@pytest.mark.parametrize(("people", "told"), [("123", 1), ("12", 0)])
def test_numbers_under_a_code_that_fits_nobody_are_an_alert(
    three: dict[str, Member], in_a: Any, people: str, told: int
) -> None:
    from audit.detection.sweeping import sweep
    from audit.review.models import Alert

    handler = make_person("chooses-the-easiest", Role.NUMBER_HANDLER)
    with acting(handler):
        for key in people:
            services.reveal(three[key], INDIVIDUAL, duty="V05", case="廃棄の確認 R07-12")
    sweep(timezone.now() + timedelta(seconds=1))
    alerts = Alert.objects.filter(rule="purpose_mismatch", username="chooses-the-easiest")
    assert len(alerts) == told
    for alert in alerts:
        assert "V05 保管期限の過ぎた番号の廃棄の確認 3人" in alert.sentence
        assert "この時期、団体のだれについても仕事の記録がない" in alert.sentence


def test_the_same_reason_over_days_is_gathered_of_the_trail(
    three: dict[str, Member], in_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit.detection.models import SignalSetting
    from audit.detection.sweeping import sweep
    from audit.review.models import Alert

    SignalSetting.objects.create(rule="same_reason", threshold=3, updated_by="見本")
    handler = make_person("pastes-a-reason", Role.NUMBER_HANDLER)
    today = timezone.now()
    with monkeypatch.context() as clock, acting(handler):
        for ago, key in ((2, "1"), (1, "2")):
            moment = today - timedelta(days=ago)
            clock.setattr("django.utils.timezone.now", lambda at=moment: at)
            subjects, case = [Subject("member", str(three[key].pk))], "突合が不一致の人の確認。"
            record_access(Event.NUMBER_INDIVIDUAL_REVEALED, subjects=subjects, duty="V03", case=case)
    sweep(timezone.now() + timedelta(seconds=1))
    assert not Alert.objects.filter(rule="same_reason", username="pastes-a-reason").exists()
    with acting(handler):
        services.reveal(three["3"], INDIVIDUAL, duty="V03", case="突合が不一致の人の　確認")
    sweep(timezone.now() + timedelta(seconds=1))
    assert "30日間に3人" in Alert.objects.get(rule="same_reason", username="pastes-a-reason").sentence


@pytest.mark.parametrize(("words", "told"), [("突合が不一致の人の確認", 0), ("番号の訂正の確認のため", 1)])
def test_a_reason_that_the_prefecture_allows_is_not_told(
    three: dict[str, Member], in_a: Any, words: str, told: int
) -> None:
    from audit.detection.models import Loosening, SignalException, SignalSetting
    from audit.detection.sweeping import sweep
    from audit.review.models import Alert

    SignalSetting.objects.create(rule="same_reason", threshold=3, updated_by="見本")
    now = timezone.now()
    asked = Loosening.objects.create(
        kind="exception", rule="same_reason", words=words, ends_at=now + timedelta(days=1), proposed_by="one",
        state="approved", decided_by="another", decided_at=now,
    )  # fmt: skip
    SignalException.objects.create(
        loosening=asked, rule="same_reason", words=words, starts_at=now, ends_at=now + timedelta(days=1), reason="年度当初の登録",
        created_by="見本", author="one", approved_by="another",
    )  # fmt: skip
    handler = make_person("pastes-a-reason", Role.NUMBER_HANDLER)
    with acting(handler):
        for key in "123":
            services.reveal(three[key], INDIVIDUAL, duty="V03", case="突合が不一致の人の確認")
    sweep(timezone.now() + timedelta(seconds=1))
    assert Alert.objects.filter(rule="same_reason", username="pastes-a-reason").count() == told
