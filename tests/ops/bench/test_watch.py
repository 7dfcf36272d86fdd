"""The made-up office and attacks of `make bench-watch`, and the page it writes."""

from __future__ import annotations

import ast
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audit.detection.logins.features import Login
from audit.detection.registry import ALL_RULES, DAY_RULES
from audit.trail.entries import Subject
from audit.trail.vocabulary import Event
from ops.bench.watch import (
    acts,
    alerts,
    asking,
    attacks,
    explaining,
    false_alarms,
    judged,
    opened,
    page,
    together,
    trail,
)
from ops.bench.watch.attacks import intrusions, night, weekend
from ops.bench.watch.deciding import Watch, first_and_next
from ops.bench.watch.office import office
from ops.bench.watch.rows import Row, at_least, near
from ops.bench.watch.statistics import Estimate, Person, auc, bootstrap, found_at, told_at
from web.moments import start_of


def test_attacks_never_see_the_offices_figures() -> None:
    tree = ast.parse(Path(attacks.__file__).read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert not any("office" in name or name.startswith("ops") for name in imported)


def test_the_office_is_the_same_for_the_same_seed_and_attacks_are_found_in_it() -> None:
    visits = office(1, persons=8, days=140)
    assert visits == office(1, persons=8, days=140)
    past, following = first_and_next([visit.login for visit in visits], 30, 30)
    watch = Watch(past)
    victims = sorted({login.person for login in past})
    for when in (night, weekend):
        stolen = intrusions(following, victims, 20, when, 1)
        assert np.median(watch.together_of(stolen)) < 0.05 < np.median(watch.together_of(following))


def test_measures_by_hand() -> None:
    people = [Person(np.array([0.5, 0.4, 0.3, 0.02]), np.array([0.01, 0.45]))]
    assert auc(people) == pytest.approx((4 + 1) / 8)
    assert told_at(people, 0.02) == 0.25
    assert found_at(people, 0.25) == 0.5
    assert found_at(people, 0.1) == 0.0
    estimate = bootstrap(people, auc)
    assert (estimate.low, estimate.high) == (estimate.value, estimate.value)


def test_false_alarms_are_drawn_by_whole_offices_within_their_month() -> None:
    """Two months, each with two offices: one that is never told and one that always is, of different sizes."""
    never, always = np.full(30, 0.5), np.full(10, 0.001)
    alike = false_alarms.share([[always, always], [never, never]], 0.01)
    assert (alike.low, alike.value, alike.high) == (0.25, 0.25, 0.25)
    unlike = false_alarms.share([[always, never], [always, never]], 0.01)
    assert (unlike.low, unlike.value, unlike.high) == (0.0, 0.25, 1.0)


def test_an_office_is_judged_by_what_was_learnt_before_and_learnt_anew_it_knows_more() -> None:
    found = false_alarms.judged(3, date(2026, 2, 5))
    assert len(found.once) == len(found.anew) == len(found.busy) >= 25 * 60
    assert 0.2 < found.busy.mean() < 1.0
    assert (found.anew[found.busy] <= 0.05).mean() < (found.once[found.busy] <= 0.05).mean()


def test_who_moved_is_known_by_the_first_log_in_elsewhere() -> None:
    logins = [Login("a", section, seconds, {}) for section, seconds in (("s1", 10), ("s2", 30), ("s1", 20), ("s2", 40))]
    assert false_alarms.transfers([*logins, Login("b", "s1", 5, {})]) == {"a": 30}


def test_the_sum_of_all_alerts_is_held_against_the_goal() -> None:
    def part(value: float, *drawn: float) -> Row:
        return Row("x", "", alerts=Estimate(value, min(drawn), max(drawn), drawn))

    none = part(0.0, 0.0)
    (few,) = together.rows_of([part(1.0, 0.5, 1.5), Row("y", ""), part(2.0, 1.0, 2.0), none])
    assert (few.what, few.value, few.goal, few.met) == (together.TITLE, "3.000", "≤ 4", True)
    assert few.interval == "1.575–3.425"
    (doubtful,) = together.rows_of([part(2.0, 1.0, 3.0), part(1.9, 0.0, 4.8), none])
    assert (doubtful.met, "not certain" in doubtful.what) == (False, True), "met is what the whole interval meets"
    (many,) = together.rows_of([part(2.0, 2.0), part(2.1, 2.1), none])
    assert many.met is False
    assert together.rows_of([part(2.0, 2.0), none]) == [], "two parts alone are no answer"


def test_goals_are_held() -> None:
    assert at_least("x", Estimate(0.6, 0.5, 0.7), 0.6).met
    assert not at_least("x", Estimate(0.59, 0.5, 0.7), 0.6).met
    assert near("x", Estimate(0.012, 0, 1), 0.01, 0.25).met
    assert not near("x", Estimate(0.013, 0, 1), 0.01, 0.25).met


def test_the_page_keeps_what_stands_around_its_table() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    written = page.with_measured(text, [at_least("x", Estimate(0.6, 0.5, 0.7), 0.6)], 0.1)
    assert "| x | 0.600 | 0.500–0.700 | ≥ 0.6 | met |" in written
    assert written.startswith(text.partition(page.BEGIN)[0])
    with pytest.raises(ValueError, match="marks"):
        page.with_measured("no marks", [], 0.1)


def test_the_trails_rows_say_whether_each_goal_is_met() -> None:
    found: dict[str, Any] = {
        "events": 100_000,
        "sealed_s": 8.0,
        "lag_s": 4.2,
        "latency_ms": 1.5,
        "act_ms": 2.1,
        "flush_ms": 0.2,
    }
    found |= {"cpu_us": 61.0}
    found |= {"breaks": 0, "checked": 100_000, "tampered": 10, "missed": []}
    searched = {"searched": 1_000, "fill_s": 2.0, "bytes": 500_000, "search_ms": 51.0, "family_ms": 49.0}
    rows = trail.rows_of(found | searched)
    assert [row.met for row in rows] == [True, True, True, True, False, None, True, True, False, True]
    assert rows[0].value == "12,500"
    assert [row.met for row in trail.rows_of(found | {"breaks": 1})][6] is False
    assert [row.met for row in trail.rows_of(found | {"checked": 99_999})][6] is False
    assert rows[7].value == "10 of 10"
    overlooked = trail.rows_of(found | {"missed": ["挿入"]})[7]
    assert (overlooked.value, overlooked.met, "挿入" in overlooked.what) == ("9 of 10", False, True)
    assert trail.rows_of(found | {"tampered": 9})[7].met is False, "all ten have to be made"
    assert [row.met for row in trail.rows_of(searched)] == [False, True]


def test_so_many_events_that_the_disk_is_too_small_are_not_begun() -> None:
    with pytest.raises(trail.NoRoom, match="GB of free disk"):
        trail.large(10**15)


def test_what_a_reader_found_stands_in_the_table_whenever_it_is_made() -> None:
    (row,) = judged.rows()
    assert "200 explained accesses drawn (seed 20261122)" in row.what
    assert row.value == "0.970"
    answer = {
        "accesses": [(True, True)] * 96 + [(False, True)] * 4,
        "weeks": [([0.0, 0.1], [0.5, 0.6]), ([0.05], [])],
        "browsers": [[True, True, False], [True]],
        "people": 3,
        "latency": 9.0,
        "sweep": 0.3,
    }
    rows = explaining.rows_of(answer)
    assert row in rows
    by_title = {one.what.split(" (")[0]: one for one in rows}
    assert by_title["accesses of honest work explained by our own data"].met
    assert by_title["unexplained share of a week: AUC of a browsing colleague"].value == "1.000"
    assert by_title["weeks of a browsing colleague"].value == "0.750"
    assert by_title["47 such prefectures every 30 s, cores kept busy"].value == "0.47"


def test_the_work_and_the_people_know_no_explainer_and_no_rule() -> None:
    """Else the share explained, and the alerts of honest people, would be made by what they measure."""
    for module in ("work", "desks", "acts", "assumed"):
        source = (Path(page.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        imported = {node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
        assert not any("reasons" in name or "explain" in name for name in imported), module
        assert not any("registry" in name or "signals" in name or "rules" in name for name in imported), module


def test_a_made_up_day_is_judged_by_the_rules_of_a_day() -> None:
    """Ten households without a reason, one after the other: the day's rule fires once; with reasons it is silent."""
    from accounts.models import User
    from ops.bench.watch.day_alerts import day_of
    from ops.bench.watch.work import Access

    user = User(pk=1, username="bench00", display_name="見本 一郎")
    opened = [Access(user, Subject("household", str(number)), False) for number in range(10)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("audit.detection.reasons._watched", {})
        patch.setattr("audit.detection.reasons._related", {})
        patch.setattr("audit.detection.homes._homes", [])
        own = {date(2025, 5, 1) + timedelta(days=place): (5, 0) for place in range(12)}
        other = {date(2025, 5, 1): (4, 0), date(2025, 5, 30): (7, 1)}
        about = day_of(opened, date(2025, 6, 2), {}, {"bench00": own | {date(2025, 6, 1): (5, 2)}, "bench01": other})
        known = day_of(opened, date(2025, 6, 2), {one.subject: "E1" for one in opened}, {})
    assert [subject for _, subject in about.shown()] == [one.subject for one in opened]
    assert about.norms.daily_records == (5,) * 13
    assert (about.norms.role_daily_records, about.norms.role_lately) == ((4, 7), (7,))
    assert about.norms.unexplained_lately == (0, 0, 0, 0, 0, 0, 2)
    (rule,) = (rule for rule in DAY_RULES if rule.id == "unexplained")
    told = rule.evaluate(about, 3)
    assert ["10世帯分" in found.sentence for found in told if not isinstance(found, str)] == [True]
    assert rule.evaluate(known, 3) == []


def test_the_sheet_draws_every_access_with_the_same_chance() -> None:
    from ops.bench.watch import sheet

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet, "line_of", lambda access, day, reason: reason)
        drawn = sheet.Sheet()
        for number in range(2_000):
            drawn.told(None, date(2025, 6, 2), str(number))  # type: ignore[arg-type]
    assert len(drawn.lines) == len(set(drawn.lines)) == 200
    assert 800 < np.mean([int(line) for line in drawn.lines]) < 1200
    assert drawn.text().endswith("drawn of 2000 explained accesses; seed 20261122\n")


def test_every_rule_is_asked_in_one_part_of_the_sum() -> None:
    parts = [asking.ASKED_HERE, asking.IN_THE_SEASON, asking.OF_LOGINS]
    assert sorted(rule for part in parts for rule in part) == sorted(rule.id for rule in ALL_RULES)


def test_the_sum_of_a_rule_is_weighted_and_what_is_reported_is_no_alert() -> None:
    spring = [Counter({"volume": 2}), Counter({"volume": 4, "unexplained reported": 5})]
    rest = [Counter({"watched": 1})]
    found = alerts.by_rule([spring, rest], [0.5, 2.0])
    assert {rule: one.value for rule, one in found.items()} == {
        "volume": 1.5,
        "watched": 2.0,
        "unexplained reported": 1.25,
        alerts.ALL: 3.5,
    }
    assert (found["volume"].low, found["volume"].high) == (1.0, 2.0), "drawn within each stratum"
    rows = alerts.table("all", found, {"volume", "watched", "unexplained"})
    assert [row.alerts is not None for row in rows] == [True, False, False, False]
    assert {row.what.split("`")[1]: row.value for row in rows[1:]} == {
        "volume": "1.50",
        "unexplained": "0.00, and 1.25 reported",
        "watched": "2.00",
    }


def test_opened_records_are_those_of_a_tenants_clerks_and_board_over_the_year() -> None:
    """A season of forty days: one alert of a clerk in spring, one of the board in the rest of the year."""
    nobody: list[dict[str, int]] = [{}] * 14
    seasons = [
        {"window": "spring", "days": 40, "alerts": [{"volume": 1}, *nobody]},
        {"window": "rest", "days": 40, "alerts": [*nobody, {"related": 1}]},
    ]
    rows = {row.what.split(" (")[0]: row.value for row in opened.rows_of(seasons)}
    per_clerk, per_officer = 20 / 12 / 2 / 3, 6 / 3 / 2 * 2 / 3
    assert rows["alerts of opened records a tenant-month"] == f"{per_clerk + per_officer:.2f}"


def test_honest_acts_are_the_same_for_the_same_seed_and_no_attack() -> None:
    """Two months of an office: what it does is drawn from its seed, its sessions end before the day does, and rules are asked of it."""
    visits = office(5, days=60)
    once, again = (list(acts.days(visits, 5)) for _ in range(2))
    assert [len(day.announced) for day in once] == [len(day.announced) for day in again]
    people = [person for day in once for person in day.people.values()]
    assert sum(len(person.events) for person in people) == sum(
        len(p.events) for day in again for p in day.people.values()
    )
    assert all(event.occurred_at < start_of(one.on + timedelta(days=1)) for one in people for event in one.about)
    asked = asking.Asking(visits)
    told = sum((asked.day(day) for day in once), Counter[str]())
    assert told["factor_change reported"] > 0
    assert sum(count for rule, count in told.items() if not rule.endswith(asking.REPORTED)) < 60


def test_a_few_wrong_passwords_are_judged_before_the_log_in_that_explains_them() -> None:
    """As the sweep sees them: half a minute later the log-in would have made them none."""
    moment = datetime(2026, 5, 12, 0, 0, tzinfo=UTC)
    made = acts.PersonDay("p001", moment.date())
    maker = acts._Maker(np.random.default_rng(0))
    maker.office, maker.today = acts.OfficeDay(moment.date(), {"p001": made}), made
    (visit, *_) = office(5, persons=2, days=20)
    for place in range(5):
        maker._failed(Event.SESSION_PASSWORD_FAILED, moment + timedelta(seconds=30 * place), visit, {})
    maker._did(Event.SESSION_LOGIN_SUCCEEDED, moment + timedelta(minutes=5), visit, "s", {"session": "s"})
    assert asking.Asking([]).day(maker.office)["password_failures"] == 1
