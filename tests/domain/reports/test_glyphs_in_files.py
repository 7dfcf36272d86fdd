"""A name with a character that the fonts lack prints 〓, and the file says which and where."""

from __future__ import annotations

from typing import Any

import pytest

from domain.reports import services
from domain.reports.models import MissingGlyph
from tests.domain.payments import support as payments
from tests.domain.reports import support
from tests.support import records
from tests.support.records import YEAR

TSUJI = "\u8fbb\U000e0100"
RARE = "\U0002f9d4"


@pytest.fixture(autouse=True)
def only_the_gothic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the machine has the font for rare kanji must not decide the test."""
    from typesetting import fonts

    monkeypatch.setattr(fonts, "default_fonts", lambda: (fonts.gothic(),))


def test_what_could_not_be_printed_is_listed(in_a: Any) -> None:
    school = records.school("S01")
    support.paid_pupil(school, at=records.member(records.household(guardian_name=f"{TSUJI} 太郎"), name=f"{RARE} 花子"))
    round_ = support.released_round()
    job = support.done(services.start_slips(round_.pk, "S01"))
    (page,) = support.pages(support.outputs()[0])
    assert page.count("〓") >= 1
    listed = {(glyph.code_points, glyph.where) for glyph in MissingGlyph.objects.all()}
    assert ("U+2F9D4", "1通目 児童生徒氏名") in listed
    assert {glyph.character for glyph in MissingGlyph.objects.all()} >= {RARE}
    assert job.counts["〓"] == len(listed)


def test_a_file_without_rare_names_lists_nothing(in_a: Any) -> None:
    payments.spend(payments.pupil(1, where=records.school("S01")), "commuting_self", 1_000)
    support.released_round()
    support.done(services.start_ledgers(YEAR, "S01"))
    assert not MissingGlyph.objects.exists()
