"""How the other side behaves: hours and due days, rules of the network, one profile per tenant, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from integrations.atena_adapters.simulator.clock import JAPAN, Clock
from integrations.atena_adapters.simulator.conduct import Conduct, read_conduct
from integrations.atena_adapters.simulator.hours import Hours, is_business_day, last_business_day, next_business_day
from integrations.atena_adapters.simulator.items import Kind, Row
from integrations.atena_adapters.simulator.ledger import FILE
from integrations.atena_adapters.simulator.office import Office
from integrations.atena_adapters.simulator.sample_people import sample_people
from integrations.atena_adapters.simulator.serving.rest import RestSide
from integrations.atena_adapters.simulator.serving.web import Request
from tests.integrations.atena_adapters.simulator import counter as counters
from tests.integrations.atena_adapters.support import PEOPLE, atena

OFFICE_HOURS = Hours(time(8, 30), time(17, 15), days_off=True)


def _at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN).timestamp()


def test_holidays_weekends_and_the_turn_of_the_year_are_closed() -> None:
    closed = [date(2026, 5, 4), date(2026, 5, 6), date(2026, 6, 6), date(2026, 12, 29), date(2027, 1, 3)]
    assert not any(map(is_business_day, closed))
    assert next_business_day(date(2026, 5, 1)) == date(2026, 5, 7)
    assert last_business_day(date(2026, 5, 10)) == date(2026, 5, 29)


@pytest.mark.parametrize(
    ("asked", "timing", "due"),
    [
        ("2026-05-01T10:00", "delay", "2026-05-01T10:10"),
        ("2026-05-01T17:10", "delay", "2026-05-07T08:30"),
        ("2026-05-01T10:00", "next_business_day", "2026-05-07T08:40"),
        ("2026-05-01T10:00", "month_end", "2026-05-29T08:40"),
    ],
)
def test_answers_fall_due_in_business_hours(asked: str, timing: str, due: str) -> None:
    assert OFFICE_HOURS.due(_at(asked), 600, timing) == _at(due)


def test_maintenance_stops_everything() -> None:
    stop = (datetime(2026, 6, 1, 12, tzinfo=JAPAN), datetime(2026, 6, 1, 15, tzinfo=JAPAN))
    hours = Hours(stops=(stop,))
    assert [hours.is_open(_at(f"2026-06-01T{hour}:00")) for hour in ("11", "13", "15")] == [True, False, True]
    assert hours.opening(_at("2026-06-01T13:00")) == _at("2026-06-01T15:00")


def test_a_clock_in_a_file_is_shared(tmp_path: Path) -> None:
    one, other = Clock(tmp_path / "clock"), Clock(tmp_path / "clock")
    before = other.now()
    one.advance(3600)
    assert other.now() - before >= 3600
    with pytest.raises(ValueError, match="進める"):
        one.advance(-1)


def _results(counter: Office, *people: int, kind: str = "tax", year: int = 2026) -> list[tuple[str | None, str]]:
    batch = counters.asked(counter, kind, *people, batch_id=f"Q{kind}{len(counter.ledger.batches())}", year=year)
    return [(row["result"], row.get("reason") or "") for row in counter.answers(batch)]


def _on(day: str, **conduct: object) -> Office:
    counter = counters.office(conduct=replace(Conduct(), **conduct))  # type: ignore[arg-type]
    counter.clock.set_to(datetime.fromisoformat(day).replace(tzinfo=JAPAN))
    return counter


def test_tax_copies_are_not_there_before_mid_june() -> None:
    for day, result in (("2026-06-10", "not_found"), ("2026-06-15", "answered")):
        assert _results(_on(day, tax_copies_from="06-15"), 1)[0][0] == result


def test_the_permit_list_refuses_after_a_day_of_law() -> None:
    until = {"welfare": date(2026, 3, 31)}
    assert _results(_on("2026-03-31", permit_until=until), 1, kind="welfare")[0][0] == "answered"
    result, reason = _results(_on("2026-04-01", permit_until=until), 1, kind="welfare")[0]
    assert result == "refused"
    assert "照会許可照合リスト" in reason
    assert _results(_on("2026-04-01", permit_until=until), 1)[0][0] == "answered"


def test_a_kind_stopped_by_notice_is_not_asked_on() -> None:
    assert _results(_on("2026-06-20", suspended=frozenset({"tax"})), 1)[0][0] == "communication_stopped"


def test_the_seed_draws_the_same_people() -> None:
    conduct = Conduct(seed=7, shares={"hold:tax": 0.5})
    drawn = [[result for result, _ in _results(counters.office(conduct=conduct), 1, 11, 12)] for _ in range(2)]
    assert drawn[0] == drawn[1]
    people = [f"person{n}" for n in range(2000)]
    held = sum(conduct.shows("hold:tax", person) for person in people)
    assert 900 < held < 1100
    assert {replace(conduct, seed=8).shows("hold:tax", person) for person in people} == {True, False}


def test_two_addressees_with_one_number_are_one_person() -> None:
    counter = counters.office()
    rows: Sequence[Row] = [counters.registration(1)[0], counters.registration(1)[0] | {"atena_number": "A9"}]
    counters.take(counter, Kind.REGISTRATION, rows, "R")
    assert counter.ledger.addressees["A9"].unified == counter.ledger.addressees[atena(1)].unified
    assert counter.addressing.duplicates() == 1


def test_a_changed_number_is_found_under_the_new_one_alone() -> None:
    counter = counters.office()
    counters.take(counter, Kind.REGISTRATION, counters.registration(1), "R1")
    old = counter.ledger.addressees[atena(1)].unified
    changed = counters.registration(1)[0] | {"individual_number": PEOPLE[10].individual_number}
    counters.take(counter, Kind.UPDATE, [changed], "U1")
    rows = [counters.registration(1)[0] | {"atena_number": "A8"}, changed | {"atena_number": "A9"}]
    counters.take(counter, Kind.REGISTRATION, rows, "R2")
    assert counter.ledger.addressees["A9"].unified == old
    assert counter.ledger.addressees["A8"].unified != old


def test_no_number_is_stored(tmp_path: Path) -> None:
    counter = counters.office(state=tmp_path)
    counters.asked(counter, "tax", *range(1, 13))
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (tmp_path / FILE).exists()
    assert not any(person.individual_number.encode() in stored for person in PEOPLE)
    assert not any(person.name.encode() in stored for person in PEOPLE)


def test_a_restart_keeps_numbers_batches_and_copies(tmp_path: Path) -> None:
    counter = counters.office(state=tmp_path)
    batch = counters.asked(counter, "tax", 1)
    line: Row = {"line_id": "P1", "act": "add", "atena_number": atena(1), "fiscal_year": "2026", "amount": "12000"}
    counters.take(counter, Kind.PROVISION, [line], "P")
    answers, number = counter.answers(batch), counter.ledger.addressees[atena(1)].unified
    again = counters.office(state=tmp_path)
    assert again.ledger.addressees[atena(1)].unified == number
    kept = again.ledger.find(Kind.INQUIRY, "Q")
    assert kept is not None
    assert again.answers(kept) == answers
    assert again.copies.asked("F000000001", "サンプル機関", 1.0)["amount"] == "12000"


def test_a_profile_of_a_tenant_is_read(tmp_path: Path) -> None:
    path = tmp_path / "conduct.toml"
    path.write_text(
        'seed = 3\nanswer = 2.0\ntiming = "month_end"\nlinkage_hours = 24\nhours = "08:30-17:15"\ndays_off = true\n'
        'stops = [["2026-06-01T20:00", "2026-06-02T06:00"]]\ntax_copies_from = "06-15"\nsuspended = ["welfare"]\n'
        'faults = ["bom@inquiry"]\n[permit_until]\ntax = 2027-03-31\n[shares]\n"hold:tax" = 0.1\n'
    )
    conduct = read_conduct(path)
    assert conduct.hours.opens == time(8, 30)
    assert conduct.hours.stops[0][1] - conduct.hours.stops[0][0] == timedelta(hours=10)
    assert (conduct.permit_until["tax"], conduct.faults, conduct.timing) == (
        date(2027, 3, 31),
        ("bom@inquiry",),
        "month_end",
    )
    path.write_text('timing = "never"')
    with pytest.raises(ValueError, match="timing"):
        read_conduct(path)


def test_sample_people_show_every_behaviour() -> None:
    people = sample_people()
    assert len({person.individual_number for person in people}) == len(people)
    counter = counters.office(people=people)
    rows: list[Row] = [
        {"atena_number": f"S{n}", "individual_number": person.individual_number} for n, person in enumerate(people)
    ]
    counters.take(counter, Kind.REGISTRATION, rows, "R")
    asked = counters.inquiry("tax", 1)[0]
    lines = [
        asked | {"line_id": f"L{n}", "atena_number": f"S{n}", "base_address": person.address}
        for n, person in enumerate(people)
    ]
    results = {row["result"] for row in counter.answers(counters.take(counter, Kind.INQUIRY, lines, "Q"))}
    assert results == {"answered", "held", "refused", "pending", "communication_error", "not_found", "not_declared"}


def test_what_has_expired_is_deleted_and_then_unknown(tmp_path: Path) -> None:
    counter = counters.office("nara", conduct=Conduct(keep_days=30), state=tmp_path)
    counters.asked(counter, "tax", 1, 2)
    side = RestSide(counters.profile_of("nara"), counter, "", stall=0.0)
    result = Request("GET", "/atena/v1/inquiry/Q/result", {}, b"")
    counter.clock.advance(29 * 24 * 3600)
    assert side.reply(result).status == HTTPStatus.OK
    counter.clock.advance(2 * 24 * 3600)
    assert side.reply(result).status == HTTPStatus.NOT_FOUND
    assert counter.ledger.counts()["batches"] == 0
    assert counter.ledger.counts()["addressees"] == 2  # who is registered stays
    reread = counters.office("nara", state=tmp_path)
    assert reread.ledger.batches() == []
