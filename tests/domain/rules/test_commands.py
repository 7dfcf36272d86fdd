from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.rules import HouseholdCase, Pack, PackError, assess, case_to_json, load_pack
from domain.rules.commands.assess import answer_of
from domain.rules.commands.running import BAD_INPUT, DONE, run
from domain.rules.yearpack.files import toml_of
from tests.domain.rules.building import family

ROOT = Path(__file__).parents[3]


PACK = "R07-former-standard"
SPEC = """{"pack": "R07-former-standard", "living_cost_grade": "1-1", "winter_zone": "VI", "single_parent": false,
 "household_status": "ordinary",
 "members": [{"age": 35, "guardian": true, "total_income": 3000000, "retirement_income": 0, "forestry_income": 0,
              "social_insurance": 450000, "life_insurance": 0, "earthquake_insurance": 0},
             {"age": 9, "school": "elementary", "special_needs": true}]}"""


def asked_of(case: HouseholdCase, *overlays: str) -> dict[str, Any]:
    return {"pack": PACK, "overlays": list(overlays), **case_to_json(case)}


def answer(command: str, asked: object) -> tuple[int, Any]:
    code, text = run([command], asked if isinstance(asked, str) else json.dumps(asked))
    return code, json.loads(text) if code == DONE else text


def test_the_stable_example() -> None:
    code, found = answer("assess", SPEC)
    assert code == DONE
    assert (found["income"], found["need_monthly"], found["category"]) == (2550000, "145798", "I")
    assert (found["need_annual"], found["standing"]) == (12 * 145798, "derived")
    assert re.fullmatch("[0-9a-f]{64}", found["receipt"])
    assert {"component", "row", "value", "source", "standing"} <= set(found["steps"][0])
    assert "missing" not in found


def test_assess_answers_with_steps_and_the_digest_of_the_receipt(sample: Pack) -> None:
    case = family([40, 35, 9], 5_000_000)
    code, found = answer("assess", asked_of(case, "sample-operator"))
    there = assess(sample, case)
    assert (code, found["income"]) == (DONE, 5_000_000)
    assert found["category"] == "I" * int(there.category or 0)
    assert f"sha256:{found['receipt']}" == there.receipt()["digest"]
    assert found["steps"] == [step.to_json() for step in there.steps]


def test_the_whole_receipt_can_be_had(sample: Pack) -> None:
    case = family([40, 35, 9])
    code, found = answer("receipt", asked_of(case, "sample-operator"))
    assert (code, found) == (DONE, assess(sample, case).receipt())


def test_json_lines_are_answered_in_their_order() -> None:
    cases = [family([40, 9], 1_000_000 * number) for number in range(4)]
    lines = "\n\n".join(json.dumps(asked_of(case)) for case in cases) + "\n"
    code, text = run(["assess"], lines)
    assert code == DONE
    assert [json.loads(line)["income"] for line in text.splitlines()] == [0, 1_000_000, 2_000_000, 3_000_000]


def test_a_faulty_line_is_named_and_nothing_is_answered() -> None:
    good = json.dumps(asked_of(family([40, 9])))
    code, text = run(["assess"], f"{good}\n{good[:-2]}\n{good}\n")
    assert (code, text.startswith("RULES-CASE 2行目")) == (BAD_INPUT, True)
    code, text = run(["assess"], f"{good}\n{good}\n{json.dumps({'pack': 'nowhere'})}")
    assert (code, "3行目" in text) == (BAD_INPUT, True)


def test_a_fraction_is_written_as_text(base: Pack) -> None:
    exact = replace(base, need=replace(base.need, monthly_rounding=None))
    found = answer_of(assess(exact, family([40, 35, 14, 9])))
    assert (found["need_annual"], found["need_monthly"]) == (2967862, "1483931/6")


def test_absent_rows_leave_the_category_open() -> None:
    code, found = answer("assess", asked_of(family([40, 9], welfare=True)))
    assert (code, found["category"], found["income"], found["reason"]) == (DONE, None, None, "missing")
    assert found["missing"][0]["name"] == "special/welfare"


def test_statuses_of_the_household() -> None:
    def found(status: str) -> tuple[object, object]:
        told = {**asked_of(family([40, 9]), "sample-operator"), "household_status": status}
        one = answer("assess", told)[1]
        return one["category"], one["reason"]

    assert found("ordinary") == ("I", "computed")
    assert found("welfare") == ("I", "welfare")
    assert found("partial_decline") == ("III", "partial_decline")
    assert found("full_decline") == (None, "full_decline")
    assert found("provisional") == ("III", "provisional")


def _changed(**changes: Any) -> dict[str, Any]:
    return {**asked_of(family([40, 9])), **changes}


def _member(**changes: Any) -> dict[str, Any]:
    return _changed(members=[{"age": 40, **changes}])


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("", "空"),
        ("  \n \n", "空"),
        ("[]", "オブジェクト"),
        ("[" * 100000, "JSON"),
        ('{"pack": 1, "pack": 2}', "二度"),
        ('{"pack": 1.5}', "小数"),
        ('{"pack": NaN}', "小数"),
        ('{"pack": 1e3}', "小数"),
        ('{"pack": "R07-former-standard",\n "members": [}', "2行目"),
        (json.dumps(_member(total_income=1)).replace("1}", "1.0}"), "小数"),
        ({"pack": "R07-former-standard"}, "winter_zone"),
        ({"pack": "nowhere"}, "nowhere"),
        (_changed(fiscal_year="2025"), "整数"),
        (_changed(fiscal_year=2024), "年度"),
        (_changed(fiscal_year=True), "整数"),
        (_changed(single_parent=1), "true"),
        (_changed(members={}), "並び"),
        (_changed(members=[]), "世帯構成員"),
        (_changed(members=[{"key": "a"}]), "age"),
        (_member(birth_date="2000-01-01"), "どちらか一つ"),
        (_member(age=131), "130以下"),
        (_member(age=-1), "0以上"),
        (_member(total_income=-1), "0以上"),
        (_member(total_income=10**30), "大きすぎ"),
        (_member(total_income="1"), "整数"),
        (_member(total_income=None), "整数"),
        (_member(income_state="perhaps"), "not_asked"),
        (_member(income_state="none", total_income=1), "income_state"),
        (_member(school="moon"), "preschool"),
        (_member(key="\ud800"), "文字でない"),
        (_member(colour="red"), "知らない項目"),
        (_changed(members=[{"birth_date": "令和6年"}]), "日付"),
        (_changed(members=[{"birth_date": "1800-01-01"}]), "古すぎ"),
        (_changed(members=[{"age": 1}] * 41), "40人"),
        (_changed(colour="red"), "知らない項目"),
        (_changed(household_status="maybe"), "household_status"),
        (_changed(winter_zone="VII"), "winter_zone"),
        (_changed(winter_zone=6), "winter_zone"),
        (_changed(living_cost_grade="4-1"), "級地"),
        (_changed(overlays="sample-operator"), "並び"),
        (_changed(overlays=["nowhere"]), "nowhere"),
    ],
)
def test_bad_input_is_told_in_japanese_with_an_id(asked: object, word: str) -> None:
    code, text = answer("assess", asked)
    assert code == BAD_INPUT
    assert text.startswith("RULES-")
    assert word in text


def test_check_prints_the_coverage() -> None:
    code, text = run(["check", "R07-former-standard"], "")
    assert code == DONE
    assert "学用品・通学用品購入費 (school_supplies)" in text
    assert "障害者加算" in text
    assert run(["check", "R07-former-standard", "sample-operator"], "")[1].startswith("【サンプル】")


def test_check_names_rows_nobody_reads() -> None:
    text = run(["check", "R08-current-standard"], "")[1]
    assert "2026-10-01 からの 660 行は、読む版より後なので読みません" in text
    assert "住宅扶助 限度額 (housing_limit)" in text
    assert "読む表の版 2025-12-31 現在" in text
    hidden = run(["check", "R07-former-standard", "sample-operator"], "")[1]
    assert "別の行に隠れて読まれません" in hidden
    assert "期末一時扶助 (year_end): どの要素も読みません" in run(["check", "H21-livelihood-model"], "")[1]


def test_packs_are_listed() -> None:
    code, text = run(["packs"], "")
    assert code == DONE
    assert {line.split("\t")[0] for line in text.splitlines()} >= {
        "R07-former-standard",
        "R08-current-standard",
        "H21-livelihood-model",
        "sample-operator",
    }


def test_every_fault_of_a_pack_is_told_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "faulty"
    folder.mkdir()
    (folder / "pack.toml").write_text('[pack]\ntitle = "x"\nfiscal_year = 2025\n', encoding="utf-8")
    (folder / "tables.toml").write_text(
        '[tables.flat]\ntitle = "x"\nkeys = ["level"]\n[[tables.flat.rows]]\ncells = { "1" = 1 }\n', encoding="utf-8"
    )
    with pytest.raises(PackError) as refused:
        load_pack("faulty", more=[tmp_path])
    assert any(each.startswith("faulty/tables.toml: tables.flat.rows[1]") for each in refused.value.faults)
    assert any("sources" in each for each in refused.value.faults)
    (folder / "tables.toml").write_text("[tables", encoding="utf-8")
    with pytest.raises(PackError, match=r"faulty/tables.toml を読めません"):
        load_pack("faulty", more=[Path(f"{tmp_path}/"), tmp_path])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "1行目の2文字目: JSON として読めません(「{」の後には、引用符で囲んだ名前を書いてください)"),
        ('{"a" 1}', "1行目の6文字目: JSON として読めません(名前の後に「:」がありません)"),
        ('{"a": 1', "1行目の8文字目: JSON として読めません(「,」か、閉じるかっこがありません)"),
        ('{"a": 1} x', "1行目の10文字目: JSON として読めません(余分な文字が続いています)"),
        ('{"a": "x', "1行目の7文字目: JSON として読めません(引用符で閉じていない文字があります)"),
        ('{"a": tru}', "1行目の7文字目: JSON として読めません(値がありません)"),
        ("[" * 200_000, "JSON として読めません(入れ子が深すぎます)"),
        ("9" * 5_000, "JSON として読めません(数が大きすぎます)"),
        ('{"a": 1.5}', "JSON として読めません(小数は使えません: 1.5。円の整数で書いてください)"),
    ],
)
@pytest.mark.parametrize(
    "arguments", [["assess"], ["pay"], ["replay"], ["impact", "R07-former-standard", "R07-former-standard"]]
)
def test_what_is_no_json_is_told_in_japanese_with_its_place(arguments: list[str], text: str, words: str) -> None:
    code, told = run(arguments, text)
    assert code == BAD_INPUT
    assert told.endswith((words, f"1行目: {words}"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a = ", "ファイルの終わり 値を読めません"),
        (b"a = 1\nb = \nc = 2", "2行目の5文字目 値を読めません"),
        (b"a = 1\na = 2\n", "2行目の6文字目 同じ名前が二度書かれています"),
        (b'a = "x\nb = 1', "1行目の7文字目 引用符の閉じ忘れか、使えない文字があります"),
        (b"a = [1, 2", "かっこが閉じていません"),
        (b"a = 1 b = 2", "一行に二つ書かれています"),
        (b"a 1", "1行目の3文字目 名前の後に = がありません"),
        (b"\xff", "UTF-8 の文字ではありません（1バイト目）"),
    ],
)
def test_what_is_no_toml_is_told_in_japanese_with_its_place(text: bytes, words: str) -> None:
    with pytest.raises(PackError) as refused:
        toml_of(text, "own", "rates.toml")
    (fault,) = refused.value.faults
    assert fault.startswith("own/rates.toml を読めません: ")
    assert words in fault


def test_overlays_are_named_with_a_plus_as_everywhere() -> None:
    assert run(["check", "R07-former-standard+sample-operator"], "") == run(
        ["check", "R07-former-standard", "sample-operator"], ""
    )


@pytest.mark.parametrize("arguments", [[], ["dance"], ["check"], ["assess", "more"]])
def test_usage_is_told(arguments: list[str]) -> None:
    code, text = run(arguments, "")
    assert code == BAD_INPUT
    assert "使い方" in text


def test_command_line_end_to_end() -> None:
    def started(command: str, text: bytes) -> subprocess.CompletedProcess[bytes]:
        arguments = [sys.executable, "-m", "domain.rules", command]
        return subprocess.run(arguments, cwd=ROOT, input=text, capture_output=True, check=False)

    done = started("assess", SPEC.encode())
    assert (done.returncode, done.stderr) == (DONE, b"")
    assert json.loads(done.stdout)["category"] == "I"
    bad = started("assess", b"\xff")
    assert (bad.returncode, bad.stdout) == (BAD_INPUT, b"")
    assert "RULES-CASE" in bad.stderr.decode()
