"""What lets `make security` pass and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.security.code import _python_rules, _told_by_samples
from ops.security.findings import ROOT, Allowed, Finding, exceptions, judged
from ops.security.report import PAGE, Ran, as_markdown, as_text, inserted_into

NOTHING = {"high": 0, "medium": 0, "low": 0}
PLACE = "ops/security/exceptions.toml"


def finding(severity: str = "high", rule: str = "raw-sql", line: int = 1) -> Finding:
    return Finding("semgrep", rule, severity, PLACE, line, "x")


def test_medium_and_high_fail_and_low_is_only_counted() -> None:
    found = [finding("low"), finding("medium"), finding("high")]
    failing, excepted, _ = judged(found, [])
    assert [one.severity for one in failing] == ["medium", "high"]
    assert excepted == []


def test_an_exception_covers_its_rule_in_its_file_on_its_line_alone() -> None:
    entry = Allowed("semgrep", "raw-sql", PLACE, "Named, narrow exceptions", "because")
    failing, excepted, unused = judged([finding(), finding(rule="other"), finding(line=3)], [entry])
    assert excepted == [finding()]
    assert failing == [finding(rule="other"), finding(line=3)]
    assert unused == []


def test_an_exception_that_nothing_needs_is_told() -> None:
    entry = Allowed("semgrep", "raw-sql", PLACE, "no such line", "because")
    assert judged([], [entry])[2] == [entry]


def test_every_exception_names_a_line_that_there_is_and_its_reason() -> None:
    for entry in exceptions():
        assert entry.line in (ROOT / entry.path).read_text(encoding="utf-8"), entry
        assert len(entry.why) > 20, entry


def test_an_exception_without_a_reason_is_none(tmp_path: Path) -> None:
    file = tmp_path / "exceptions.toml"
    file.write_text('[[exception]]\ntool = "a"\nrule = "b"\npath = "c"\nline = "d"\nwhy = " "\n', encoding="utf-8")
    with pytest.raises(TypeError):
        exceptions(file)


def test_every_rule_of_ours_has_a_bad_sample_and_a_good_one() -> None:
    bad, good = _told_by_samples()
    assert {rule for rule, _ in bad} == {rule for rule, _ in good} == _python_rules()


def test_the_table_tells_each_check_with_its_version_and_the_page_keeps_it() -> None:
    import datetime

    ran = [
        Ran("bandit", {"high": 0, "medium": 1, "low": 140}, 2, 11.4),
        Ran("headers", NOTHING, 0, 0.2, "2 prefectures"),
    ]
    assert as_text(ran).splitlines()[1].split() == ["bandit", "1.9.4", "0", "1", "2", "140", "11"]
    page = PAGE.read_text(encoding="utf-8")
    table = as_markdown(ran, datetime.date(2026, 1, 2), "abc")
    assert "| headers | – | 0 | 0 | 0 | 0 | 0 | 2 prefectures |" in table
    once = inserted_into(page, table)
    assert inserted_into(once, table) == once
