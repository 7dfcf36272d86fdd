from __future__ import annotations

import copy
import json
from itertools import product
from typing import Any

import pytest

from domain.rules import Category, Department, Pack, PackError, Standing, assess, available_packs, load_pack, pay
from domain.rules.yearpack.checking import Coverage, check
from domain.rules.yearpack.conditions import Condition
from domain.rules.yearpack.files import FOLDER, read_folder
from domain.rules.yearpack.loading import build_pack
from tests.domain.rules.building import expense, family, pupil, status

RAW: dict[str, Any] = read_folder(FOLDER / "R07-former-standard")
OVERLAY: dict[str, Any] = read_folder(FOLDER / "sample-operator")
FIRST_SET = frozenset(
    {
        *("textbooks", "school_lunch", "commuting_self", "commuting_attendant", "homecoming_self", "bedding"),
        *("daily_goods", "dormitory_meals", "school_trip_self", "school_supplies", "new_pupil_supplies"),
        *("ict_equipment", "work_practice_travel", "exchange_travel", "excursion_self"),
    }
)


def test_both_packs_are_listed() -> None:
    listed = {info.name: info for info in available_packs()}
    assert set(listed) >= {"R07-former-standard", "sample-operator"}
    assert listed["sample-operator"].extends == ("R07-former-standard",)


@pytest.mark.parametrize("name", [info.name for info in available_packs() if not info.extends])
def test_every_base_pack_loads(name: str) -> None:
    assert load_pack(name).name == name


def test_sample_shows_everywhere(sample: Pack) -> None:
    assert sample.sample
    assert "サンプル" in sample.title
    overlay = [row for layer in sample.caps.layers[1:] for row in layer]
    assert overlay
    assert all("サンプル" in cap.origin.source and cap.origin.standing is Standing.OPERATOR for _, cap in overlay)


def test_items_are_the_twenty_four_in_order(base: Pack) -> None:
    for_schools = [item for item in base.items.values() if not item.class_only]
    assert [item.order for item in for_schools] == list(range(1, 25))
    assert len({item.title for item in for_schools}) == 24


def test_class_only_items_are_listed_and_never_paid_in_a_school(base: Pack) -> None:
    class_only = [item.code for item in base.items.values() if item.class_only]
    assert class_only == ["judo_equipment", "kendo_equipment", "ski_equipment", "skate_equipment"]
    cells = [cell for cell in check(base).cells if cell.item in class_only]
    assert {cell.state for cell in cells} == {Coverage.NOT_COVERED}


def test_every_row_has_source_and_standing(sample: Pack) -> None:
    origins = [cell.origin for table in sample.tables.values() for cell in table.cells.values()]
    origins += [rate.origin for layer in sample.rates.layers for _, rate in layer]
    origins += [cap.origin for layer in sample.caps.layers for _, cap in layer]
    origins += [boundary.origin for boundary in sample.boundaries]
    assert all(origin.source and isinstance(origin.standing, Standing) for origin in origins)


def test_standing_of_the_old_tables_follows_the_material(base: Pack) -> None:
    def standing(table: str, *key: Any) -> Standing:
        cell = base.tables[table].find(key)
        assert cell is not None
        return cell.origin.standing

    assert standing("class1", "1-1", 40) is Standing.PUBLISHED
    assert standing("class1", "1-2", 9) is Standing.PUBLISHED
    assert standing("class1", "1-2", 40) is Standing.DERIVED
    assert standing("class1", "3-2", 9) is Standing.DERIVED
    assert standing("class2", "3-2", 4) is Standing.PUBLISHED
    assert standing("winter", "3-2", 6, 4) is Standing.PUBLISHED
    assert standing("winter", "3-2", 5, 4) is Standing.DERIVED
    assert standing("year_end", "1-1") is Standing.DERIVED


def test_digest_depends_on_content_and_overlays(base: Pack, sample: Pack) -> None:
    again = build_pack("R07-former-standard", {"R07-former-standard": copy.deepcopy(RAW)})
    assert again.digest == base.digest != sample.digest
    changed: dict[str, Any] = copy.deepcopy(RAW)
    changed["tables"]["class1"]["rows"][0]["cells"]["0-2"] += 10
    assert build_pack("R07-former-standard", {"R07-former-standard": changed}).digest != base.digest


def test_pack_repr_is_short(base: Pack) -> None:
    assert len(repr(base)) < 300


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda raw: raw["tables"]["class1"]["rows"][0].pop("source"), "source"),
        (lambda raw: raw["tables"]["class1"]["rows"][0].update(source="nowhere"), "出典"),
        (lambda raw: raw["tables"]["class1"]["rows"][0].update(standing="sure"), "standing"),
        (lambda raw: raw["tables"]["class1"]["rows"][0]["cells"].update({"2-4": 1}), "同じ行"),
        (lambda raw: raw["tables"]["class1"]["rows"][0]["cells"].update({"x": 1}), "読めません"),
        (lambda raw: raw["tables"]["class1"]["rows"][0]["cells"].update({"0-2": 1.5}), "整数"),
        (lambda raw: raw["tables"]["class1"]["rows"][0].update(grade="9-9"), "級地"),
        (lambda raw: raw["tables"]["class1"].update(keys=["colour"]), "keys"),
        (lambda raw: raw["need"]["components"][0].update(table="nowhere"), "表"),
        (lambda raw: raw["need"]["components"][0].update(kind="per_household"), "per_member"),
        (lambda raw: raw["need"]["components"][5].update(stages=["moon"]), "学種"),
        (lambda raw: raw["income"].update(deducts=["alms"]), "控除"),
        (lambda raw: raw["ages"].update(on="today"), "base_date"),
        (lambda raw: raw["category"].reverse(), "区分の境"),
        (lambda raw: raw["special"].append(raw["special"][0]), "同じ行"),
        (lambda raw: raw["rates"].append(raw["rates"][0]), "二つの行"),
        (lambda raw: raw["rates"][1].update(statutory=["1", "1"]), "三つ"),
        (lambda raw: raw["rates"][1].update(statutory=["1", "0.5", "0"]), "割合"),
        (lambda raw: raw["rates"][1].update(subsidy=["1", "1", "1"]), "1を超えて"),
        (lambda raw: raw["rates"][1].pop("statutory"), "会計区分"),
        (lambda raw: raw["rates"][1].update(departments=["moon"]), "departments"),
        (lambda raw: raw["rates"][1].update(counts=[3, 1]), "counts"),
        (lambda raw: raw["rates"][1].update(items=["umbrella"]), "経費項目"),
        (lambda raw: raw["rates"][1].update(colour="red"), "知らない項目"),
        (lambda raw: raw["caps"][0].update(annual=1), "どちらか一つ"),
        (lambda raw: raw["caps"].append(raw["caps"][0]), "二つの行"),
        (lambda raw: raw.update(colour={}), "知らない項目"),
        (lambda raw: raw["payment"]["rounding"].update(mode="up"), "mode"),
        (lambda raw: raw.pop("sources"), "sources"),
    ],
)
def test_faulty_packs_do_not_load(change: Any, word: str) -> None:
    raw = copy.deepcopy(RAW)
    change(raw)
    with pytest.raises(PackError, match=word) as refused:
        build_pack("R07-former-standard", {"R07-former-standard": raw})
    assert refused.value.id == "RULES-PACK"


def test_all_faults_are_told_at_once() -> None:
    raw: dict[str, Any] = copy.deepcopy(RAW)
    raw["tables"]["class1"]["rows"][0].pop("source")
    raw["rates"].append(raw["rates"][0])
    with pytest.raises(PackError) as refused:
        build_pack("R07-former-standard", {"R07-former-standard": raw})
    assert len(refused.value.faults) >= 2


def test_overlay_needs_its_base_and_base_is_no_overlay() -> None:
    with pytest.raises(PackError, match="重ね"):
        load_pack("sample-operator")
    with pytest.raises(PackError, match="二度"):
        load_pack("R07-former-standard", ("sample-operator", "sample-operator"))
    with pytest.raises(PackError, match="使えません"):
        build_pack(
            "R07-former-standard",
            {"R07-former-standard": RAW, "other": {**OVERLAY, "pack": {**OVERLAY["pack"], "extends": []}}},
        )


@pytest.mark.parametrize("name", ["nowhere", "../packs", "", ".hidden"])
def test_unknown_and_strange_names_are_refused(name: str) -> None:
    with pytest.raises(PackError):
        load_pack(name)


def test_a_third_ledger_is_only_data() -> None:
    raw: dict[str, Any] = copy.deepcopy(OVERLAY)
    raw["ledgers"] = [{"name": "prefectural", "title": "都道府県単独"}]
    row = next(each for each in raw["rates"] if "audio_materials" in each["items"])
    row["prefectural"] = ["0", "1/2", "1"]
    pack = build_pack("R07-former-standard", {"R07-former-standard": RAW, "sample-operator": raw})
    assert [ledger.name for ledger in pack.ledgers] == ["statutory", "subsidy", "prefectural"]


def test_overlay_row_wins_over_the_base_row(base: Pack, sample: Pack) -> None:
    assert "sample-operator" in sample.rates.layers[1][0][1].row
    assert sample.ages.origin.standing is Standing.OPERATOR
    assert base.ages.origin.standing is Standing.UNCONFIRMED


def test_check_names_what_is_absent(base: Pack, sample: Pack) -> None:
    report = check(base)
    assert any("障害者加算" in gap for gap in report.gaps)
    assert any("生活保護" in gap for gap in report.gaps)
    cells = {(cell.item, cell.department, cell.category): cell for cell in report.cells}
    assert len(cells) == (24 + 4) * 6 * 3
    supplies = cells["school_supplies", Department.ELEMENTARY, Category.I]
    assert (supplies.state, supplies.cap_absent, supplies.rate_absent) == (Coverage.ABSENT, True, False)
    assert cells["school_lunch", Department.ELEMENTARY, Category.I].state is Coverage.KNOWN
    assert cells["textbooks", Department.ELEMENTARY, Category.I].state is Coverage.NOT_COVERED
    assert cells["homecoming_self", Department.HIGH_SEPARATE, Category.I].state is Coverage.PARTLY_ABSENT
    assert check(sample).gaps == ()


def test_age_gap_is_seen() -> None:
    raw: dict[str, Any] = copy.deepcopy(RAW)
    del raw["tables"]["class1"]["rows"][0]["cells"]["6-11"]
    report = check(build_pack("R07-former-standard", {"R07-former-standard": raw}))
    assert "生活扶助 第1類[級地 1-1]: 年齢 6-11 の行がありません" in report.gaps


def test_sample_board_can_pay_the_first_set_of_items_for_every_pupil(sample: Pack) -> None:
    absent = {Coverage.ABSENT, Coverage.PARTLY_ABSENT}
    lacking = [cell for cell in check(sample).cells if cell.item in FIRST_SET and cell.state in absent]
    assert [(cell.item, cell.department.value, cell.category.label) for cell in lacking] == []


def test_overlap_is_symmetric_and_true_to_holds(sample: Pack) -> None:
    conditions: list[Condition] = [row[0] for row in sample.rates.layers[0]]
    same_item = [(a, b) for a, b in product(conditions, conditions) if a.item == b.item and a is not b]
    assert all(not a.overlaps(b) for a, b in same_item)
    assert all(each.overlaps(each) for each in conditions)


def test_caps_may_differ_by_category_and_absent_ones_stay_absent() -> None:
    raw: dict[str, Any] = copy.deepcopy(RAW)
    origin = {"source": "no_cap", "standing": "operator"}
    raw["caps"].append({"items": ["school_supplies"], "categories": [1], "annual": 700, "on": "expense", **origin})
    pack = build_pack("R07-former-standard", {"R07-former-standard": raw})
    line = expense("school_supplies", 1000)
    assert pay(pack, pupil(line, statuses=(status(Category.I),))).paid == 700
    assert (
        pay(pack, pupil(line, statuses=(status(Category.II),))).missing[0].name == "caps/school_supplies/elementary/2/2"
    )


def test_three_ledgers_share_one_payment() -> None:
    raw: dict[str, Any] = copy.deepcopy(OVERLAY)
    raw["ledgers"] = [{"name": "prefectural", "title": "都道府県単独"}]
    raw["rates"].append(
        {
            "items": ["school_lunch"],
            "statutory": ["1", "1/3", "0"],
            "subsidy": ["0", "1/3", "0"],
            "prefectural": ["0", "1/3", "1"],
            "source": "sample",
            "standing": "operator",
        }
    )
    pack = build_pack("R07-former-standard", {"R07-former-standard": RAW, "sample-operator": raw})
    result = pay(pack, pupil(expense("school_lunch", 1001)))
    assert result.ledgers == {"statutory": 333, "subsidy": 333, "prefectural": 335}


def test_a_pack_kept_without_its_files_names_its_rows_as_before(sample: Pack) -> None:
    """Receipts are replayed with packs rebuilt from what was kept: equal content, equal receipts."""
    raws = {name: json.loads(json.dumps(read_folder(FOLDER / name))) for name in (sample.name, *sample.overlays)}
    kept = build_pack(sample.name, raws)
    assert kept.digest == sample.digest
    case = pupil(expense("school_supplies", 9_000), expense("commuting_self", 1_001))
    assert pay(kept, case).receipt() == pay(sample, case).receipt()
    home = family([40, 38, 9], 3_600_000)
    assert assess(kept, home).receipt() == assess(sample, home).receipt()
