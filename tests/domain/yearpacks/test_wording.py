"""Pages say 年度定義 as a board officer says it: versions by year and number, numbers with what they mean, rows by their titles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.yearpacks import changing
from domain.yearpacks.drafting import open_draft
from domain.yearpacks.filling import Unreadable, age_range
from domain.yearpacks.lacking import SECTIONS, row_id
from domain.yearpacks.resolving import draft_pack
from domain.yearpacks.wording import state_text
from tests.domain.statements.people import Browser, text
from tests.domain.yearpacks.test_pages import BASE, draft_of
from tests.support.records import YEAR

ROOT = Path(__file__).parents[3]


def test_numbers_come_with_their_meaning() -> None:
    assert state_text(0, 0, 0, 0) == "この版には、まだ何も入力していません。計算に要る値はすべてそろっています。"
    assert state_text(1, 2, 1_206, 10) == (
        "この版で入力した値 1件、採用した未確認の値 2件。値のないところが1,206件あり、そこにあてはまる計算は止まります。"
        "未確認の値が10件あり、使った結果に「未確認」と表示されます。"
    )


def test_a_revision_and_what_it_accepted_are_called_as_people_call_them(board: Browser) -> None:
    row = open_draft(YEAR, BASE, (), board.person)
    first = changing.unconfirmed_of(draft_pack(row))[0]
    board.post(f"/yearpacks/{row.pk}/accept/?row={first.name}", {"reason": "県の決裁"})
    shown = text(board.get(f"/yearpacks/{row.pk}/"))
    assert "令和7年度 第1版" in shown
    assert "board-2025-1" not in shown
    assert f'<th scope="row">{first.title}</th>' in shown
    assert f">{first.name}<" not in shown
    assert "採用した未確認の値 1件" in shown
    assert "欠けている行 0" not in text(board.get(f"/yearpacks/{draft_of(board.person, ('sample-operator',)).pk}/"))


def test_an_absent_row_is_sent_to_where_it_is_typed() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "domain" / "rules").rglob("*.py")]
    named = {name for text in sources for name in re.findall(r"""where_to_fill\(["'](\w+)["']""", text)}
    assert named
    assert named <= set(SECTIONS.values())


def test_only_a_range_of_ages_is_typed_as_a_range(board: Browser) -> None:
    row = open_draft(YEAR, BASE, (), board.person)
    cell = next(each for each in changing.lacking_of(draft_pack(row)) if each.section == "tables")
    place = f"/yearpacks/{row.pk}/rows/{row_id('tables', cell.key)}/"
    assert cell.key["cell"] == "1"
    assert "年齢の範囲" not in text(board.get(place))
    board.post(place, {"amount": "20,000", "source": "見本の通知"})
    assert "20,000円" in text(board.get(f"/yearpacks/{row.pk}/"))
    with pytest.raises(Unreadable, match="小さい年齢を先に、6-11"):
        age_range("11〜6")
