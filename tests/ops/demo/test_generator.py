"""The sample prefectures: same seed, same files; every awkward case in; read back by the real reader as foretold."""

import json
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from domain.households.roster.reader import read_roster
from domain.households.roster.rows import RosterReading
from domain.households.roster.workbook.codes import Code, Severity
from domain.households.roster.workbook.problems import CellProblem
from domain.payments.expense_sheet.reader import fold_item, read_expenses
from domain.payments.expenses.plausible import TIMES_CAP
from domain.payments.items import highest_caps
from domain.rules import load_pack
from integrations.atena_adapters.individual_numbers import is_sample
from integrations.atena_adapters.simulator.population import Person, read_population
from integrations.sealed_file import open_sealed, read_key_file
from ops.demo.generator import NUMBERS_KIND, PREFECTURES, SampleKeys, generate
from ops.demo.generator.__main__ import main
from ops.demo.generator.files import SampleFolder
from ops.demo.generator.world import FISCAL_YEAR

KEYS = SampleKeys(b"n" * 32, b"p" * 32)
PACK = Path(__file__).parents[3] / "domain" / "rules" / "packs" / "R07-former-standard" / "items.toml"


@pytest.fixture(scope="module", params=list(PREFECTURES))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SampleFolder:
    return generate(tmp_path_factory.mktemp("made"), request.param, "small", 1, KEYS)


def truth(made: SampleFolder) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(made.truth.read_text(encoding="utf-8"))
    return content


def school_codes(made: SampleFolder) -> list[str]:
    return [school["code"] for school in truth(made)["schools"]]


@cache
def _read(path: Path, school_code: str) -> RosterReading:
    return read_roster(path.read_bytes(), school_code=school_code, fiscal_year=FISCAL_YEAR)


def readings(made: SampleFolder) -> list[RosterReading]:
    return [_read(made.roster(code), code) for code in school_codes(made)]


def sealed_lines(path: Path, key: bytes, kind: str, tenant: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in open_sealed(path, key, kind=kind, tenant=tenant).splitlines()]


def number_lines(made: SampleFolder) -> Iterator[dict[str, Any]]:
    for code in school_codes(made):
        yield from sealed_lines(made.numbers(code), KEYS.numbers, NUMBERS_KIND, tenant(made))


def population(made: SampleFolder) -> list[Person]:
    return list(read_population(made.population, KEYS.population, tenant=tenant(made)).values())


def tenant(made: SampleFolder) -> str:
    return PREFECTURES[made.root.name].code


def cases(made: SampleFolder, tag: str) -> list[dict[str, str]]:
    return [case for case in truth(made)["cases"] if case["tag"] == tag]


def test_the_rosters_read_back_as_foretold(made: SampleFolder) -> None:
    expected, found = truth(made)["expected"], readings(made)
    assert not any(reading.refused for reading in found)
    homes = {home.household_number for reading in found for home in reading.households}
    people = {(each.household_number, each.member_number) for reading in found for each in reading.members}
    parked = {number for reading in found for number in reading.parked_households}
    assert (len(homes), len(people)) == (expected["taken_households"], expected["taken_members"])
    assert sum(len(reading.pupils) for reading in found) == expected["taken_enrolments"]
    assert len(parked) == expected["parked_households"]
    assert parked == {case["household"] for case in truth(made)["cases"] if case["outcome"] == "parked"}


def unusual(reading: RosterReading) -> list[CellProblem]:
    """What the reader asks back although nothing forbids it."""
    return [each for each in reading.problems if each.code is Code.IMPLAUSIBLE]


def test_honest_rosters_and_receipts_are_not_asked_about(made: SampleFolder) -> None:
    assert [each.place for reading in readings(made) for each in unusual(reading)] == []
    pack = load_pack("R07-former-standard", ("sample-operator",))
    caps = {code: cap.annual or 0 for code, cap in highest_caps(pack).items()}
    codes = {fold_item(item.title): code for code, item in pack.items.items()}
    for code in school_codes(made):
        for row in read_expenses((made.root / code / "expenses.xlsx").read_bytes()).expenses:
            assert row.amount <= TIMES_CAP * caps.get(codes[row.item], max(caps.values())), row


def test_only_the_planted_rows_are_wrong(made: SampleFolder) -> None:
    wrong = [each for reading in readings(made) for each in reading.problems if each.severity is Severity.ERROR]
    assert len(wrong) == len(cases(made, "date_outside_its_era")) == 1
    notices = [each for reading in readings(made) for each in reading.problems if each.severity is Severity.NOTICE]
    assert [each.message for each in notices] == ["「24,000」と読みました。"]


def test_the_receipts_read_back_and_name_items_of_the_rules(made: SampleFolder) -> None:
    titles = {item["title"] for item in tomllib.loads(PACK.read_text(encoding="utf-8"))["items"]}
    items: set[str] = set()
    total = 0
    for code in school_codes(made):
        reading = read_expenses(
            made.expenses(code).read_bytes(), school_code=code, fiscal_year=FISCAL_YEAR, known_items=titles
        )
        assert reading.problems == ()
        items |= {expense.item for expense in reading.expenses}
        total += len(reading.expenses)
    assert total == truth(made)["expected"]["receipts"]
    assert items <= {fold_item(title) for title in titles}
    assert {"学校給食費", "通学費(本人)", "食費", "帰省費(本人)", "ICT機器購入費", "学用品・通学用品購入費"} <= items


@pytest.mark.parametrize(
    "tag",
    [
        "siblings_across_schools", "transfer_in", "transfer_out", "transfer_between", "placement", "placement_alone", "welfare",
        "partial_decline", "full_decline", "no_income_with_social_insurance", "undeclared", "address_protected", "rare_name",
        "same_name_and_birthday", "same_name_and_birthday_in_household", "numbers_swapped", "wrong_birth_date",
        "moved_with_year_end_address", "moved_without_year_end_address", "held", "refused", "grade_missing",
        "date_outside_its_era", "wide_digits",
    ],
)  # fmt: skip
def test_every_awkward_case_is_in(made: SampleFolder, tag: str) -> None:
    assert cases(made, tag)


def test_swapped_numbers_and_wrong_births_disagree_with_the_population_and_nothing_else_does(
    made: SampleFolder,
) -> None:
    truly = {person.individual_number: person.born for person in population(made)}
    written = {
        (each.household_number, each.member_number): each.born for reading in readings(made) for each in reading.members
    }
    disagreeing = {
        key
        for line in number_lines(made)
        if (key := (line["household_number"], line["member_number"])) in written
        and written[key] != truly[line["individual_number"]]
    }
    planted = cases(made, "numbers_swapped") + cases(made, "wrong_birth_date")
    assert disagreeing == {(case["household"], case["member"]) for case in planted}


def test_every_taken_member_has_a_sample_number_and_the_population_knows_it(made: SampleFolder) -> None:
    numbers = {
        (line["household_number"], line["member_number"]): line["individual_number"] for line in number_lines(made)
    }
    assert all(is_sample(number) for number in numbers.values())
    assert len(set(numbers.values())) == len(numbers)
    assert set(numbers.values()) == {person.individual_number for person in population(made)}
    people = {(each.household_number, each.member_number) for reading in readings(made) for each in reading.members}
    assert people <= set(numbers)


def test_moved_households_are_taxed_elsewhere(made: SampleFolder) -> None:
    taxed = {person.household: person.tax.municipality for person in population(made)}
    homes = {home.household_number: home for reading in readings(made) for home in reading.households}
    with_address = homes[cases(made, "moved_with_year_end_address")[0]["household"]]
    assert with_address.year_end_address.startswith(taxed[with_address.household_number])
    without = homes[cases(made, "moved_without_year_end_address")[0]["household"]]
    assert without.year_end_address == ""
    assert not without.address.startswith(taxed[without.household_number])


def test_behaviours_and_missing_declarations_are_in_the_population(made: SampleFolder) -> None:
    people = population(made)
    assert sorted(word for person in people for word in person.behaviours) == ["hold:tax", "refuse:tax"]
    assert sum(person.tax.status == "undeclared" for person in people) == 1
    insured = [person for person in people if person.tax.social_insurance == 182_400]
    assert [person.tax.total_income for person in insured] == [0]


def test_names_outside_the_old_character_sets_are_in_the_rosters(made: SampleFolder) -> None:
    letters = "".join(each.name for reading in readings(made) for each in reading.members)
    assert all(letter in letters for letter in ("髙", "﨑", "𠮷", "辻\U000e0101"))


def test_nothing_but_the_sealed_files_holds_a_number(made: SampleFolder) -> None:
    numbers = {person.individual_number.encode() for person in population(made)}
    for path in sorted(made.root.rglob("*")):
        if path.is_dir():
            continue
        content = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                content = b"\n".join(book.read(name) for name in book.namelist())
        assert numbers.isdisjoint(re.findall(rb"(?<!\d)\d{12}(?!\d)", content)), path.name


def test_every_sheet_shows_that_it_is_a_sample(made: SampleFolder) -> None:
    with zipfile.ZipFile(made.roster(school_codes(made)[0])) as book:
        sheets = [book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2, 3)]
    assert all("【サンプル】" in sheet.split("<row", 2)[1] for sheet in sheets)


def test_the_same_seed_gives_the_same_files_and_another_seed_others(made: SampleFolder, tmp_path: Path) -> None:
    slug = made.root.name
    again = generate(tmp_path / "again", slug, "small", 1, KEYS)
    code = school_codes(made)[0]
    for path in (made.roster(code), made.expenses(code), made.truth, made.prefecture):
        assert path.read_bytes() == (again.root / path.relative_to(made.root)).read_bytes()
    assert population(made) == population(again)
    other = generate(tmp_path / "other", slug, "small", 2, KEYS)
    assert other.roster(code).read_bytes() != made.roster(code).read_bytes()


def test_codes_of_places_have_right_check_digits(made: SampleFolder) -> None:
    place = json.loads(made.prefecture.read_text(encoding="utf-8"))
    for code in (place["code"], *(town["code"] for town in place["municipalities"])):
        total = sum(int(digit) * weight for digit, weight in zip(code[:5], (6, 5, 4, 3, 2), strict=True))
        assert int(code[5]) == (11 - total % 11) % 10, code


def test_prefectures_do_not_share_numbers(tmp_path: Path) -> None:
    sets = [
        {person.individual_number for person in population(generate(tmp_path, slug, "small", 1, KEYS))}
        for slug in PREFECTURES
    ]
    assert len(set.union(*sets)) == sum(map(len, sets))


@pytest.mark.slow
def test_the_largest_prefecture_is_made_in_full(tmp_path: Path) -> None:
    made = generate(tmp_path, "osaka", "full", 1, KEYS)
    assert truth(made)["expected"]["enrolments"] >= 9_000
    assert [each.place for reading in readings(made) for each in unusual(reading)] == []


def test_the_command_makes_its_keys_once_and_runs_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["generator", "--out", str(tmp_path), "--size", "small", "--prefecture", "nara", "--seed", "3"]
    monkeypatch.setattr(sys, "argv", arguments)
    main()
    first = (tmp_path / "numbers.key").read_text()
    main()
    assert (tmp_path / "numbers.key").read_text() == first
    key = read_key_file(tmp_path / "population.key")
    assert read_population(tmp_path / "nara" / "population.sealed", key, tenant="290009")
