"""Rows of 教育扶助 and 措置費 are asked for every item but those of 特別支援学級 only."""

from __future__ import annotations

from domain.rules import load_pack
from domain.yearpacks.lacking import lacking_rows


def test_every_item_asks_for_both_schemes_but_those_of_the_classes() -> None:
    pack = load_pack("R07-former-standard")
    asked = {
        section: {row.key["items"][0] for row in lacking_rows(pack) if row.section == section}
        for section in ("welfare_pay", "institution_pay")
    }
    of_schools = {item.code for item in pack.items.values() if not item.class_only}
    assert asked == {"welfare_pay": of_schools, "institution_pay": of_schools}
