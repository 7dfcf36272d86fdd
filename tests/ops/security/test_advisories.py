"""The locked versions against advisories that somebody carried in. All packages and weaknesses here are made up (サンプル)."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ops.security.__main__ import main
from ops.security.advisories import check
from ops.security.advisories.rating import DAYS_TO_MEND, base_score, rated
from ops.security.advisories.reading import AdvisoriesUnreadable, read
from ops.security.findings import ROOT, Finding
from ops.security.report import (
    ADVISORIES_BEGIN,
    ADVISORIES_END,
    PAGE,
    advisories_as_markdown,
    inserted_into,
)  # fmt: skip

NOW = datetime(2026, 1, 10, tzinfo=UTC)
SAMPLES = check.SAMPLES / "json"


@pytest.fixture
def carried(tmp_path: Path) -> Path:
    """A set of our own, to be changed."""
    return Path(shutil.copytree(SAMPLES, tmp_path / "carried"))


def changed(carried: Path, name: str, **parts: Any) -> None:
    file = carried / f"{name}.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | parts), encoding="utf-8")


def found_in(carried: Path, now: datetime = NOW) -> list[Finding]:
    lock = carried / "requirements.txt"
    return [one.as_finding(lock.name, now) for one in check.weaknesses(check.locked_in(lock), read(carried, now))]


def test_ranges_versions_aliases_and_what_was_withdrawn_are_read_as_osv_means_them() -> None:
    check.prove(SAMPLES, NOW)


def test_a_check_that_misses_a_sample_or_finds_too_much_is_no_check(carried: Path) -> None:
    (carried / "SAMPLE-0004.json").unlink()
    changed(carried, "SAMPLE-0005", withdrawn=None)
    with pytest.raises(
        check.CheckBroken, match=r"not found: \[\(11, 'SAMPLE-0004'\)\], found by mistake: \[\(2, 'SAMPLE-0005'"
    ):
        check.prove(carried, NOW)


def test_a_finding_says_which_version_mends_it_until_when_and_its_other_names() -> None:
    first, *_, last = found_in(SAMPLES)
    assert (first.rule, first.severity, first.line) == ("SAMPLE-0001", "high", 2)
    assert first.text == "sample-range 1.9: fixed in 1.10; critical, to be mended by 2026-01-07"
    assert last.text == (
        "sample-alias 3.0: fixed in 3.2; high, to be mended by 2026-01-18 (also SAMPLE-0006, SAMPLE-CVE-1)"
    )
    assert next(one for one in found_in(SAMPLES) if one.rule == "SAMPLE-0002").severity == "medium"


def test_a_low_one_fails_once_its_time_has_passed(carried: Path) -> None:
    changed(carried, "SAMPLE-0001", database_specific={"severity": "LOW"})
    assert found_in(carried)[0].severity == "low"
    assert found_in(carried, NOW + timedelta(days=DAYS_TO_MEND["low"]))[0].severity == "medium"


def test_a_range_about_a_locked_package_that_nobody_can_read_is_a_finding(carried: Path) -> None:
    affected = {"package": {"ecosystem": "PyPI", "name": "sample-mended"}}
    affected["ranges"] = [{"type": "ECOSYSTEM", "events": [{"introduced": "before the flood"}]}]  # type: ignore[assignment]
    changed(carried, "SAMPLE-0007", affected=[affected])
    assert [one.rule for one in found_in(carried) if "cannot be read" in one.text] == ["SAMPLE-0007"]


def test_an_old_set_is_a_finding_that_a_date_in_the_future_does_not_hide(carried: Path) -> None:
    changed(carried, "SAMPLE-0003", modified="2031-01-01T00:00:00Z")
    newest = read(carried, NOW)
    assert list(check.too_old(newest, newest.newest + check.ASKED_EVERY)) == []
    (old,) = check.too_old(newest, newest.newest + check.ASKED_EVERY + timedelta(seconds=1))
    assert (old.rule, old.severity) == ("set-too-old", "medium")
    assert "2026-01-05" in old.text


def test_an_archive_says_the_same_as_the_folder_and_names_its_commit(carried: Path, tmp_path: Path) -> None:
    archive = tmp_path / "set.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(carried.glob("*.json")):
            packed.write(path, f"vulns/{path.name}")
        packed.comment = b"0123456789" * 4
    assert read(archive, NOW).records == read(carried, NOW).records
    assert read(archive, NOW).origin == "commit 0123456789"


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_what_is_no_set_is_said_and_never_passes(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "one.json").write_text(content, encoding="utf-8")
    with pytest.raises(AdvisoriesUnreadable):
        read(tmp_path, NOW)


def test_no_set_is_told_as_not_asked_and_has_no_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ADVISORIES", raising=False)
    assert main(["advisories"]) == 1
    told = capsys.readouterr().out
    assert "not asked" in told
    assert "advisories  –        –     –       –         –    –" in told


def test_a_set_that_is_given_is_asked_about_our_own_lock(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], carried: Path
) -> None:
    affected = [{"package": {"ecosystem": "PyPI", "name": "Django"}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999"}]}]}]  # fmt: skip
    changed(carried, "SAMPLE-0003", affected=affected)
    monkeypatch.setenv("ADVISORIES", str(carried))
    assert main(["advisories"]) == 1
    told = capsys.readouterr().out
    assert "fixed in 999" in told
    assert "set-too-old" in told


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N", 2.5),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None),
        ("CVSS:3.1/AV:N", None),
    ],
)
def test_a_vector_is_scored_as_first_org_scores_it(vector: str, score: float | None) -> None:
    assert base_score(vector) == score


def test_what_nobody_rated_counts_as_high() -> None:
    assert rated({"severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N"}]}) == "high"


def test_the_times_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "operating-site.md").read_text(encoding="utf-8")
    for word, days in DAYS_TO_MEND.items():
        assert any(line.startswith(f"| {word}") and f"| {days} days |" in line for line in page.splitlines()), word
    assert f"newest advisory is at most {check.ASKED_EVERY.days} days old" in page


def test_the_page_keeps_what_the_last_set_said() -> None:
    told = advisories_as_markdown(found_in(SAMPLES), "8 advisories", NOW.date(), "abc")
    assert "- SAMPLE-0001 (high): sample-range 1.9: fixed in 1.10" in told
    assert "No locked version" not in told
    assert "- No locked version is affected." in advisories_as_markdown([], "8 advisories", NOW.date(), "abc")
    once = inserted_into(PAGE.read_text(encoding="utf-8"), told, ADVISORIES_BEGIN, ADVISORIES_END)
    assert inserted_into(once, told, ADVISORIES_BEGIN, ADVISORIES_END) == once
