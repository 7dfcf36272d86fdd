"""Packs outside of the product: a folder that is checked, computed and compared with before anything is handed over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from domain.rules.commands.running import BAD_INPUT, DIFFERENT, DONE, run
from domain.rules.yearpack.files import FOLDER
from tests.domain.rules.test_commands import PACK, ROOT, SPEC

OWN, OVER = "R07-own", "own-caps"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A copy of a shipped pack under another name, with an overlay of the copy."""
    shutil.copytree(FOLDER / PACK, tmp_path / OWN)
    shutil.copytree(FOLDER / "sample-operator", tmp_path / OVER)
    told = tmp_path / OVER / "pack.toml"
    told.write_text(told.read_text(encoding="utf-8").replace(f'["{PACK}"]', f'["{OWN}"]'), encoding="utf-8")
    return tmp_path


def test_a_folder_is_checked_where_it_lies(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, told = run(["check", str(shelf / OWN)], "")
    shipped = run(["check", PACK], "")[1]
    assert (code, told.splitlines()[3:]) == (DONE, shipped.splitlines()[3:])
    assert run(["check", f"{shelf / OWN}+{shelf / OVER}"], "")[1].startswith("【サンプル】")
    monkeypatch.chdir(shelf / OWN)
    assert run(["check", "."], "") == run(["check", f"../{OWN}"], "") == (DONE, told)
    assert run(["check", OWN], "")[0] == BAD_INPUT


def test_a_pack_that_shares_files_of_a_shipped_one_finds_them(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "R08-current-standard", tmp_path / "R08-own")
    assert run(["check", str(tmp_path / "R08-own")], "")[0] == DONE


def test_every_fault_of_a_folder_is_told_with_file_table_and_row(shelf: Path) -> None:
    rules = shelf / OWN / "payment_rules.toml"
    rules.write_text(rules.read_text(encoding="utf-8").replace('standing = "derived"', "", 1), encoding="utf-8")
    code, told = run(["check", str(shelf / OWN)], "")
    assert code == BAD_INPUT
    assert told.startswith(f"RULES-PACK {OWN}: {OWN}/payment_rules.toml: payment_rules[1]")


@pytest.mark.parametrize("name", ["nothing", "empty", "file.toml", "odd"])
def test_what_is_no_folder_of_a_pack_is_told_without_a_traceback(shelf: Path, name: str) -> None:
    (shelf / "empty").mkdir()
    (shelf / "file.toml").write_text("", encoding="utf-8")
    (shelf / "odd" / "pack.toml").mkdir(parents=True)
    code, told = run(["check", str(shelf / name)], "")
    assert (code, told.count("\n")) == (BAD_INPUT, 0)
    assert told.startswith("RULES-PACK")
    assert "がありません" in told or "を読めません" in told


def test_a_folder_that_may_not_be_read_is_told_in_japanese(shelf: Path) -> None:
    (shelf / OWN).chmod(0)
    root = os.geteuid() == 0
    if root:  # who may read everything, unless they give it up for the moment
        os.seteuid(65534)
    try:
        code, told = run(["check", f"{shelf / OWN}/"], "")
    finally:
        if root:
            os.seteuid(0)
        (shelf / OWN).chmod(0o755)
    assert (code, "フォルダー" in told, "読む権限がありません" in told) == (BAD_INPUT, True, True), told
    (shelf / OWN / "rates.toml").unlink()
    (shelf / OWN / "rates.toml").mkdir()
    told = run(["check", str(shelf / OWN)], "")[1]
    assert "R07-own/rates.toml を読めません: ファイルではなくフォルダーです" in told


def asked(text: str, **more: Any) -> str:
    return json.dumps({**json.loads(text), **more})


def test_commands_compute_with_packs_of_a_given_folder(shelf: Path) -> None:
    own, given = asked(SPEC, pack=OWN), ["--packs", str(shelf)]
    assert run(["assess"], own)[0] == BAD_INPUT
    code, told = run(["assess", *given], own)
    assert (code, json.loads(told)["need_monthly"]) == (DONE, "145798")
    receipt = json.dumps(json.loads(run(["receipt", *given], own)[1]))
    assert run(["replay"], receipt)[0] == DIFFERENT
    assert run(["replay", f"--packs={shelf}"], receipt)[0] == DONE
    pay = {"pack": OWN, "pupil": "p", "fiscal_year": 2025, "statuses": [], "expenses": []}
    assert run(["pay", *given], json.dumps(pay))[0] == DONE
    household = {name: value for name, value in json.loads(SPEC).items() if name != "pack"}
    code, told = run(["impact", PACK, f"{OWN}+{OVER}", *given], json.dumps(household))
    assert (code, json.loads(told)["after"]["name"]) == (DONE, f"{OWN}+{OVER}")
    for wrong in (["--packs"], ["--packs", str(shelf / "nothing")]):
        code, told = run(["assess", *wrong], own)
        assert (code, "--packs には" in told) == (BAD_INPUT, True)


def test_the_shell_says_it_in_one_line(shelf: Path) -> None:
    arguments = [sys.executable, "-m", "domain.rules", "check", str(shelf / "nothing")]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (BAD_INPUT, b"")
    assert done.stderr.decode().startswith("RULES-PACK nothing: ")


@pytest.mark.parametrize("text", ["", " \n\n"])
@pytest.mark.parametrize(
    "arguments", [["assess"], ["receipt"], ["receipt", "pay"], ["explain"], ["pay"], ["replay"], ["impact", PACK, PACK]]
)
def test_an_empty_input_is_no_answer(arguments: list[str], text: str) -> None:
    code, told = run(arguments, text)
    assert (code, "入力が空です(0件)" in told) == (BAD_INPUT, True)
