"""Dated look-ups of a pack: where a municipality's address falls (級地・地区), and the legal basis in force on a day."""

from __future__ import annotations

from datetime import date

from domain.rules.errors import Missing, RuleMissing
from domain.rules.yearpack.model import InquiryAge, LegalBasis, Pack, Place
from domain.rules.yearpack.parsing.places import holds


def place_on(pack: Pack, code: str, day: date) -> Place:
    """The row of a 団体コード on `day`, following 廃置分合; RuleMissing names the code when the pack has none."""
    asked, seen = code, set()
    while code not in seen:
        seen.add(code)
        rows = pack.places.get(code, ())
        row = next((row for row in rows if holds(row, day)), None)
        if row is not None:
            return row
        last = rows[-1] if rows else None
        if last is None or not last.successor or last.ends_on is None or day <= last.ends_on:
            break
        code = last.successor
    message = (
        f"団体コード {asked} の {day} の級地・地区が年度定義にありません。[[municipalities]] に行を足してください。"
    )
    raise RuleMissing([Missing("row", f"municipalities/{asked}", message)])


def legal_basis_on(pack: Pack, name: str, day: date) -> LegalBasis:
    """The legal basis `name` as it is cited on `day`; RuleMissing when the pack does not say."""
    for row in pack.legal_basis.get(name, ()):
        if holds(row, day):
            return row
    message = f"根拠「{name}」の {day} の文言が年度定義にありません。[[legal_basis]] に行を足してください。"
    raise RuleMissing([Missing("row", f"legal_basis/{name}", message)])


def inquiry_age_on(pack: Pack, day: date) -> InquiryAge:
    """From which age 地方税関係情報 is asked on `day`; RuleMissing when the pack does not say."""
    for row in pack.inquiry_age:
        if holds(row, day):
            return row
    message = f"税情報を照会する年齢の {day} の値が年度定義にありません。[[inquiry_age]] に行を足してください。"
    raise RuleMissing([Missing("row", "inquiry_age", message)])
