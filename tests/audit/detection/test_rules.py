"""Every rule: a firing case, a silent case, and its page in the documentation."""

from __future__ import annotations

import pytest

from audit.detection.calendar import Hours, Notice
from audit.detection.outside_hours import RULE, judge
from audit.detection.rules import Act, ActKind, Outcome
from tests.audit.detection.conftest import tokyo

HOURS = Hours()


def act(moment: str, kind: ActKind = ActKind.LOGIN) -> Act:
    return Act(kind, tokyo(moment), "clerk", "session", "session")


def test_outside_hours_fires_in_words() -> None:
    result = judge(act("2026-11-20T23:41"), HOURS, ())
    assert result.outcome is Outcome.FIRED
    assert result.sentence == "23:41に利用時間外のログイン。利用時間は平日7:00〜21:00。時間外利用届なし。"
    assert result.sentence == RULE.example


@pytest.mark.parametrize(
    ("moment", "kind", "beginning"),
    [
        ("2026-11-03T10:00", ActKind.LOGIN, "休日（文化の日）の10:00に利用時間外のログイン。"),
        ("2026-11-22T09:05", ActKind.REVEAL, "休日（日曜日）の9:05に利用時間外の個人番号の表示。"),
        ("2026-11-20T21:00", ActKind.REVEAL, "21:00に利用時間外の個人番号の表示。"),
    ],
)
def test_outside_hours_says_which_day_and_which_act(moment: str, kind: ActKind, beginning: str) -> None:
    assert judge(act(moment, kind), HOURS, ()).sentence.startswith(beginning)


def test_outside_hours_is_silent_in_the_hours_and_reports_under_a_notice() -> None:
    assert judge(act("2026-11-20T10:00"), HOURS, ()).outcome is Outcome.SILENT
    notice = Notice(tokyo("2026-11-20T21:00"), tokyo("2026-11-21T00:00"))
    noticed = judge(act("2026-11-20T23:41"), HOURS, [notice])
    assert (noticed.outcome, noticed.sentence) == (Outcome.REPORTED, RULE.example.replace("届なし", "届あり"))
    assert judge(act("2026-11-20T20:59"), HOURS, [notice]).outcome is Outcome.SILENT
    assert judge(act("2026-11-21T00:00"), HOURS, [notice]).outcome is Outcome.FIRED


def test_every_rule_says_all_that_people_must_know() -> None:
    from audit.detection.registry import RULES, title_of

    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        texts = (rule.title, rule.needs, rule.threshold, rule.control, rule.certainty, rule.example)
        assert all(texts), rule.id
        assert rule.watches
        assert title_of(rule.id) == rule.title


def test_the_documentation_is_made_from_the_rules() -> None:
    from audit.detection.documentation import BEGIN, END, PAGE, with_rules
    from tests.test_repository import unmerged

    page = PAGE.read_text(encoding="utf-8")
    assert with_rules(page) == page, "run: manage.py watch_rules"
    assert unmerged(page) == []
    for spoiled in ("no marks", page + page, f"{END}{BEGIN}"):
        with pytest.raises(ValueError, match="marks"):
            with_rules(spoiled)
