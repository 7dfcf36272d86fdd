"""A sealed file of numbers: taken in, refused, again, killed; and nowhere a number in the clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from domain.households.models import Member, School
from domain.vault import services
from domain.vault.intake import run
from domain.vault.models import DepositKey, NumberDeposit, NumberProblem, PersonNumber
from domain.vault.sealing import opened
from tests.domain.vault.conftest import KEY, HandIn, line, make_household, number, sealed, work_off

HOME = "H29-000001"


def held() -> dict[str, str]:
    """Key of the member → number, opened; of the household H29-000001."""
    rows = PersonNumber.objects.filter(held_until=None, member__household__number=HOME).select_related("member")
    return {row.member.key: opened(row).clear() for row in rows}


def problems(deposit: NumberDeposit) -> list[tuple[str, int]]:
    return [(problem.code, problem.line) for problem in deposit.problems.all()]


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_numbers_are_sealed_and_the_file_is_removed(
    hand_in: HandIn, members: dict[str, Member], files_of_this_test: Path
) -> None:
    deposit = hand_in(*[line(HOME, key, number(int(key))) for key in "123"])
    assert deposit.state == NumberDeposit.State.TAKEN
    assert deposit.counts == {"new": 3, "changed": 0, "same": 0, "wrong": 0}
    assert held() == {key: number(int(key)) for key in "123"}
    assert deposit.path == ""
    assert deposit.emptied_at is not None
    assert files_below(files_of_this_test) == []


def test_the_same_bytes_and_the_same_numbers_again(hand_in: HandIn, members: dict[str, Member]) -> None:
    data = sealed([line(HOME, "1", number(1))])
    first = hand_in(data=data)
    assert hand_in(data=data).pk == first.pk
    again = hand_in(line(HOME, "1", number(1)), line(HOME, "1", number(1)))
    assert again.counts == {"new": 0, "changed": 0, "same": 1, "wrong": 0}
    assert PersonNumber.objects.count() == 1


def test_wrong_lines_are_listed_and_good_ones_kept(hand_in: HandIn, members: dict[str, Member]) -> None:
    wrong = number(2)[:-1] + str((int(number(2)[-1]) + 1) % 10)
    deposit = hand_in(
        line(HOME, "1", number(1)),
        line(HOME, "2", wrong),
        line(HOME, "3", "000000000000"),
        line(HOME, "9", number(9)),
        line("H29-999999", "1", number(8)),
        {"household_number": HOME},
    )
    assert held() == {"1": number(1)}
    assert problems(deposit) == [
        ("vault.bad-number", 2),
        ("vault.bad-number", 3),
        ("vault.unknown-member", 4),
        ("vault.unknown-member", 5),
        ("vault.bad-line", 6),
    ]


def test_a_number_in_the_wrong_column_is_kept_nowhere(hand_in: HandIn, members: dict[str, Member]) -> None:
    deposit = hand_in(line(number(1), "1", HOME), line(f" {number(2)}", "2", number(2)))
    assert problems(deposit) == [("vault.bad-line", 1), ("vault.bad-line", 2)]
    assert {problem.household_number for problem in deposit.problems.all()} == {""}


def test_other_schools_people_are_unknown(hand_in: HandIn, members: dict[str, Member]) -> None:
    other = School.objects.create(code="S29002", name="サンプル第二支援学校")
    make_household(other, "H29-000002")
    deposit = hand_in(line("H29-000002", "1", number(4)))
    assert problems(deposit) == [("vault.unknown-member", 1)]


def test_numbers_swapped_in_a_household_cannot_be_seen_here(hand_in: HandIn, members: dict[str, Member]) -> None:
    hand_in(line(HOME, "1", number(2)), line(HOME, "2", number(1)))
    assert held() == {"1": number(2), "2": number(1)}


def test_a_swap_is_put_right_in_one_file(hand_in: HandIn, members: dict[str, Member]) -> None:
    hand_in(line(HOME, "1", number(2)), line(HOME, "2", number(1)))
    deposit = hand_in(line(HOME, "1", number(1)), line(HOME, "2", number(2)))
    assert deposit.counts["changed"] == 2
    assert held() == {"1": number(1), "2": number(2)}
    assert PersonNumber.objects.exclude(held_until=None).count() == 2


def test_a_number_held_by_another_names_neither(hand_in: HandIn, members: dict[str, Member]) -> None:
    hand_in(line(HOME, "1", number(1)))
    deposit = hand_in(line(HOME, "2", number(1)))
    problem = deposit.problems.get()
    assert problem.code == "vault.held-by-another"
    assert "見本" not in problem.message
    assert number(1) not in problem.message
    assert held() == {"1": number(1)}


def test_a_chain_that_ends_at_a_holder_is_refused_whole(hand_in: HandIn, members: dict[str, Member]) -> None:
    """1 takes 2's number, 2 takes 3's, and 3 keeps its own: nothing may move."""
    hand_in(*[line(HOME, key, number(int(key))) for key in "123"])
    deposit = hand_in(line(HOME, "1", number(2)), line(HOME, "2", number(3)))
    assert {code for code, _ in problems(deposit)} == {"vault.held-by-another"}
    assert held() == {key: number(int(key)) for key in "123"}


def test_contradictions_within_a_file_are_refused(hand_in: HandIn, members: dict[str, Member]) -> None:
    deposit = hand_in(
        line(HOME, "1", number(1)), line(HOME, "1", number(5)), line(HOME, "2", number(2)), line(HOME, "3", number(2))
    )
    assert sorted(problems(deposit)) == [
        ("vault.given-twice", 1),
        ("vault.given-twice", 2),
        ("vault.shared-in-file", 3),
        ("vault.shared-in-file", 4),
    ]
    assert held() == {}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (sealed([line(HOME, "1", number(1))], key=bytes(32)), "sealed.wrong_key"),
        (sealed([line(HOME, "1", number(1))], tenant="270008"), "sealed.wrong_place"),
        (sealed([line(HOME, "1", number(1))], kind="population"), "sealed.wrong_place"),
        (sealed([line(HOME, "1", number(1))])[:-5], "sealed.truncated"),
        (b"plain text", "sealed.not_sealed"),
    ],
)
def test_a_file_that_does_not_open_is_refused(
    hand_in: HandIn, members: dict[str, Member], files_of_this_test: Path, data: bytes, code: str
) -> None:
    deposit = hand_in(data=data)
    assert (deposit.state, deposit.refusal_code) == (NumberDeposit.State.REFUSED, code)
    assert deposit.refusal
    assert files_below(files_of_this_test) == []
    assert held() == {}


def test_a_refused_file_may_come_again_when_the_key_is_right(hand_in: HandIn, members: dict[str, Member]) -> None:
    new_key = bytes(range(1, 33))
    data = sealed([line(HOME, "1", number(1))], key=new_key)
    refused = hand_in(data=data)
    services.set_deposit_key(new_key)
    again = hand_in(data=data)
    assert again.pk == refused.pk
    assert (again.state, again.run) == (NumberDeposit.State.TAKEN, 2)
    assert held() == {"1": number(1)}


def test_a_file_is_read_again_once_its_people_are_in_the_roster(
    hand_in: HandIn, school: School, members: dict[str, Member]
) -> None:
    data = sealed([line(HOME, "1", number(1)), line("H29-000002", "1", number(2))])
    first = hand_in(data=data)
    assert hand_in(data=data).run == first.run == 1
    late = make_household(school, "H29-000002")
    again = hand_in(data=data)
    assert (again.pk, again.run) == (first.pk, 2)
    assert again.counts == {"new": 1, "changed": 0, "same": 1, "wrong": 0}
    assert services.numbers_held([late["1"].pk]) == {late["1"].pk}


def test_without_a_key_the_file_waits(school: School, members: dict[str, Member], handler_acts: None) -> None:
    deposit = services.receive_numbers(school, "numbers.sealed", sealed([line(HOME, "1", number(1))]))
    job = work_off(deposit)
    assert job.state == "failed"
    assert job.error_id.startswith("vault.deposit-key-missing")
    services.set_deposit_key(KEY)
    deposit = services.receive_numbers(school, "numbers.sealed", _stored(deposit))
    work_off(deposit)
    assert held() == {"1": number(1)}


def test_a_retired_key_opens_nothing(hand_in: HandIn, members: dict[str, Member]) -> None:
    services.set_deposit_key(bytes(32))
    assert hand_in(line(HOME, "1", number(1))).refusal_code == "sealed.wrong_key"
    services.set_deposit_key(KEY)
    assert DepositKey.objects.count() == 2
    assert hand_in(line(HOME, "1", number(1))).state == NumberDeposit.State.TAKEN


class Killed(BaseException):
    """The worker is gone."""


@pytest.mark.parametrize(
    "step", ["unseal", "read_lines", "_locked", "assign", "_write", "_problem_row", "_record", "empty"]
)
def test_killed_at_a_step_and_begun_again(
    school: School, members: dict[str, Member], deposit_key: bytes, handler_acts: None, monkeypatch: Any, step: str,
    files_of_this_test: Path,
) -> None:  # fmt: skip
    lines = [line(HOME, "1", number(1)), line(HOME, "7", number(7))]
    deposit = services.receive_numbers(school, "numbers.sealed", sealed(lines))

    def dies(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(run, step, dies)
        with pytest.raises(Killed):
            run.import_numbers(deposit.pk, lambda *_: None)
    assert files_below(files_of_this_test) != []
    assert PersonNumber.objects.count() == (1 if step == "empty" else 0)
    for _ in range(2):
        run.import_numbers(deposit.pk, lambda *_: None)
        assert held() == {"1": number(1)}
        assert NumberProblem.objects.count() == 1
        assert files_below(files_of_this_test) == []


def test_no_number_stands_in_the_clear_anywhere(
    three: dict[str, Member], files_of_this_test: Path, caplog: Any
) -> None:
    numbers = [number(int(key)) for key in three]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        assert "vault_personnumber" in tables
        for table in tables:
            with transaction.atomic():
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                rows = "".join(text for (text,) in cursor.fetchall())
            for plain in numbers:
                assert plain not in rows, table
                assert plain.encode().hex() not in rows, table
    for path in files_below(files_of_this_test):
        assert not any(plain.encode() in path.read_bytes() for plain in numbers)
    assert not any(plain in caplog.text for plain in numbers)


def test_a_ciphertext_does_not_open_for_another_person(three: dict[str, Member]) -> None:
    from tenants.core.keys import SealBroken

    row, other = PersonNumber.objects.order_by("pk")[:2]
    row.sealed = other.sealed
    with pytest.raises(SealBroken):
        opened(row)


def test_every_number_gets_its_own_seal_and_index(school: School, deposit_key: bytes) -> None:
    from domain.vault.numbers import Number
    from domain.vault.sealing import index_of, sealed_row

    numbers = [Number(number(n)) for n in range(1, 1_001)]
    rows = [sealed_row(n, PersonNumber.Field.INDIVIDUAL, each) for n, each in enumerate(numbers)]
    indexes = {index_of(PersonNumber.Field.INDIVIDUAL, each) for each in numbers}
    assert len(indexes) == len({bytes(row.sealed) for row in rows}) == 1_000


def test_the_events_of_a_deposit(three: dict[str, Member]) -> None:
    from tests.support.outbox import outbox

    names = list(outbox.values_list("event", flat=True))
    assert {"import:file:received", "number:file:loaded", "number:individual:stored", "number:file:emptied"} <= set(
        names
    )
    stored = outbox.get(event="number:individual:stored")
    assert {subject["id"] for subject in stored.subjects} == {str(member.pk) for member in three.values()}


def _stored(deposit: NumberDeposit) -> bytes:
    from tenants.core import files

    return files.read(deposit.path)
