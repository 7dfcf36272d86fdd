"""Parses [[municipalities]] (級地 by 団体コード, with 廃置分合) [[legal_basis]] (根拠の文言) and [[inquiry_age]], each with its days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from domain.rules.cases import GRADES, ROMAN_ZONES
from domain.rules.reading import Reader, ReadFault
from domain.rules.yearpack.model import OLDEST_ASKED, YOUNGEST_ASKED, InquiryAge, LegalBasis, Place
from domain.rules.yearpack.parsing.layer import Layer

_DAY = timedelta(days=1)


def parse_places(layers: Sequence[Layer]) -> dict[str, tuple[Place, ...]]:
    """Rows by code, in order of time.  A later layer that names a code replaces all rows of that code."""
    found: dict[str, tuple[Place, ...]] = {}
    for layer in layers:
        own: dict[str, list[Place]] = {}
        for reader in layer.rows("municipalities"):
            with layer.collecting():
                place = _place(layer, reader)
                own.setdefault(place.code, []).append(place)
        found |= {code: tuple(sorted(rows, key=lambda each: each.starts_on)) for code, rows in own.items()}
    layers[-1].faults += list(_faults(found))
    return found


def _place(layer: Layer, reader: Reader) -> Place:
    code, grade, zone = reader.text("code"), reader.text("grade"), reader.text("zone")
    if not (code.isascii() and code.isdigit() and len(code) in (5, 6)):
        raise ReadFault(f"{reader.where}: 「code」は団体コード(数字5桁か6桁)で書いてください: {code}")
    if grade not in GRADES:
        raise ReadFault(f"{reader.where}: 級地は {'・'.join(GRADES)} のどれかにしてください: {grade}")
    if zone not in ROMAN_ZONES:
        raise ReadFault(f"{reader.where}: 地区は {'・'.join(ROMAN_ZONES)} のどれかにしてください: {zone}")
    starts_on = reader.day("from")
    ends_on = reader.day("until") if reader.has("until") else None
    if ends_on is not None and ends_on < starts_on:
        raise ReadFault(f"{reader.where}: until が from より前です")
    name, successor = reader.text("name"), reader.text_or("successor", "")
    place = Place(code, name, grade, ROMAN_ZONES.index(zone) + 1, starts_on, ends_on, successor, layer.origin(reader))
    reader.done()
    return place


def _faults(found: Mapping[str, Sequence[Place]]) -> Iterable[str]:
    for code, rows in found.items():
        for one, other in pairwise(rows):
            if one.ends_on is None or other.starts_on <= one.ends_on:
                yield f"municipalities {code}: {other.starts_on} からの行が前の行と重なっています"
            elif other.starts_on > one.ends_on + _DAY:
                yield f"municipalities {code}: {one.ends_on} の翌日から {other.starts_on} の前日までの行がありません"
        last = rows[-1]
        if last.successor and last.ends_on is None:
            yield f"municipalities {code}: successor のある行には until が要ります"
        if last.successor and place_in(found, last.successor, last.ends_on) is None:
            yield f"municipalities {code}: 引き継ぐ団体 {last.successor} の、{last.ends_on} の翌日の行がありません"


def place_in(found: Mapping[str, Sequence[Place]], code: str, before: date | None) -> Place | None:
    """The row of `code` on the day after `before`."""
    if before is None or before == date.max:
        return None
    day = before + _DAY
    return next((row for row in found.get(code, ()) if holds(row, day)), None)


def holds(row: Place | LegalBasis | InquiryAge, day: date) -> bool:
    """Whether a dated row is in force on `day`."""
    return (row.starts_on is None or row.starts_on <= day) and (row.ends_on is None or day <= row.ends_on)


def parse_legal_basis(layers: Sequence[Layer]) -> dict[str, tuple[LegalBasis, ...]]:
    """Rows by id, in order of time; a later layer replaces all rows of an id."""
    found: dict[str, tuple[LegalBasis, ...]] = {}
    for layer in layers:
        own: dict[str, list[LegalBasis]] = {}
        for reader in layer.rows("legal_basis"):
            with layer.collecting():
                row = _basis(layer, reader)
                own.setdefault(row.id, []).append(row)
        found |= {name: tuple(sorted(rows, key=_start)) for name, rows in own.items()}
    for name, rows in found.items():
        if any(one.ends_on is None or _start(other) <= one.ends_on for one, other in pairwise(rows)):
            layers[-1].faults.append(f"legal_basis {name}: 期間が重なっています")
    return found


def parse_inquiry_age(layers: Sequence[Layer]) -> tuple[InquiryAge, ...]:
    """Rows in order of time; a later layer that has any replaces all."""
    found: tuple[InquiryAge, ...] = ()
    for layer in layers:
        own: list[InquiryAge] = []
        for reader in layer.rows("inquiry_age"):
            with layer.collecting():
                own.append(_age(layer, reader))
        found = tuple(sorted(own, key=_start)) or found
    if any(one.ends_on is None or _start(other) <= one.ends_on for one, other in pairwise(found)):
        layers[-1].faults.append("inquiry_age: 期間が重なっています")
    return found


def _start(row: LegalBasis | InquiryAge) -> date:
    return row.starts_on or date.min


def _age(layer: Layer, reader: Reader) -> InquiryAge:
    starts_on = reader.day("from") if reader.has("from") else None
    ends_on = reader.day("until") if reader.has("until") else None
    row = InquiryAge(
        reader.integer("full_years", YOUNGEST_ASKED, OLDEST_ASKED), starts_on, ends_on, layer.origin(reader)
    )
    reader.done()
    return row


def _basis(layer: Layer, reader: Reader) -> LegalBasis:
    starts_on = reader.day("from") if reader.has("from") else None
    ends_on = reader.day("until") if reader.has("until") else None
    row = LegalBasis(reader.text("id"), reader.text("text"), starts_on, ends_on, layer.origin(reader))
    reader.done()
    return row
