"""First and second entry of a sheet: drafts, submission, comparison. Two different people, each blind to the other until both
have submitted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.handover.answering import start_collecting
from domain.handover.errors import EntryRefused, HandoverError, SheetGone
from domain.handover.links import TerminalDesk
from domain.handover.models import SheetEntry
from domain.handover.queries import batches_named
from domain.handover.terminal.sheets import SECRET_ITEMS, Sheet, wire_lines
from domain.handover.terminal.values import canonical
from integrations.atena_adapters.errors import AtenaError
from integrations.atena_adapters.fields import FieldSpec
from tenants.core import keys

Values = dict[int, dict[str, str]]
"""What was typed, by line (from 0) and item."""

PURPOSE = "handover-entry"


@dataclass(frozen=True, slots=True)
class Different:
    """One place where the entries differ; numbers are masked but for the digits that differ."""

    line: int
    item: FieldSpec
    first: str
    second: str


def entries_of(sheet: Sheet) -> list[SheetEntry]:
    """The entries of a sheet as it is now; a sheet made anew has none."""
    return list(SheetEntry.objects.filter(sheet=sheet.name.name, content=sheet.content))


def typed_by(sheet: Sheet, user: User) -> Values:
    """What this person typed so far."""
    own = SheetEntry.objects.filter(sheet=sheet.name.name, content=sheet.content, by=user.username).first()
    return _opened(own) if own is not None else {}


def typed_evidence(sheet: Sheet, user: User) -> str:
    """The number of the evidence as this person typed it last, handed in or not."""
    own = SheetEntry.objects.filter(sheet=sheet.name.name, content=sheet.content, by=user.username).first()
    return str(_kept(own).get("evidence", own.evidence)) if own is not None else ""


def save_draft(
    sheet: Sheet, user: User, typed: Values, unseen: Collection[tuple[int, str]], evidence: str | None = None
) -> SheetEntry:
    """Keep what was typed. Raises EntryRefused, SheetGone.

    `unseen`: cells (line from 0, item) whose content is never shown again; left empty they keep what was there. `evidence`: the
    number as typed so far, None: as before. What counts is the one that is handed in.
    """
    if sheet.agreed:
        raise SheetGone
    try:
        with transaction.atomic():
            entry = _own(sheet, user)
            kept = _opened(entry)
            for line, name in unseen:
                typed[line][name] = typed[line][name].strip() or kept.get(line, {}).get(name, "")
            number = _kept(entry).get("evidence", entry.evidence) if evidence is None else evidence
            draft = json.dumps({"lines": typed, "evidence": number}).encode()
            entry.sealed = keys.seal(PURPOSE, draft, _bound(entry))
            entry.save()
    except IntegrityError:
        raise EntryRefused("すでに別の二人が入力しています。食い違いは、その二人が直してください。") from None
    return entry


def submit(desk: TerminalDesk, sheet: Sheet, user: User, evidence: str) -> list[Different]:
    """Hand in one's own entry; with both in, the differences, and with none of them the answers go to the link.

    The same again changes nothing. Raises EntryRefused with the first thing that cannot stand.
    """
    subject = [Subject("sheet", sheet.name.batch)]
    values = checked(sheet, typed_by(sheet, user))
    lines = wire_lines(desk, sheet, values)
    with transaction.atomic():
        entries = {entry.by: entry for entry in _locked(sheet)}
        own = entries[user.username]
        try:
            if not desk.link.fetch_answers(sheet.name.address):
                desk.link.enter(sheet.name.address, lines, by=user.username, evidence=evidence)
            agreed = bool(desk.link.fetch_answers(sheet.name.address))
        except AtenaError as error:
            raise HandoverError(error.message) from None
        own.evidence, own.submitted_at = evidence, timezone.now()
        own.save()
        detail: dict[str, JSON] = {"place": own.place, "lines": len(lines), "evidence": evidence}
        record(Event.LINKAGE_SHEET_ENTERED, subjects=subject, detail=detail)
    if agreed:
        take_up(sheet)
        return []
    found = differences(sheet)
    if found:
        with transaction.atomic():
            record(Event.LINKAGE_SHEET_DIFFERED, subjects=subject, detail={"places": len(found)})
    return found


def take_up(sheet: Sheet) -> None:
    """The entries agree: what was typed is emptied here, and the answers go to the job. Also after a submission that was cut off."""
    with transaction.atomic():
        open_entries = [entry for entry in _locked(sheet) if entry.agreed_at is None]
        found = SheetEntry.objects.filter(pk__in=[entry.pk for entry in open_entries])
        found.update(sealed=b"", agreed_at=timezone.now())
        if open_entries:
            detail: dict[str, JSON] = {"entered_by": [entry.by for entry in open_entries]}
            record(Event.LINKAGE_SHEET_AGREED, subjects=[Subject("sheet", sheet.name.batch)], detail=detail)
    start_collecting(batches_named([sheet.name.batch]))


def differences(sheet: Sheet) -> list[Different]:
    """Where two submitted entries differ, in the order of the sheet; [] until both are in."""
    entries = [entry for entry in entries_of(sheet) if entry.submitted_at is not None and entry.agreed_at is None]
    if len(entries) < 2:
        return []
    first, second = (_canonical_or_typed(sheet, _opened(entry)) for entry in entries)
    return [
        _different(line, spec, first[line][spec.name], second[line][spec.name])
        for line in range(len(sheet.rows))
        for spec in sheet.asked
        if first[line][spec.name] != second[line][spec.name]
    ]


def checked(sheet: Sheet, typed: Values) -> list[Mapping[str, str]]:
    """Every line in canonical form. Raises EntryRefused naming line, item and what to do."""
    found: list[Mapping[str, str]] = []
    for line in range(len(sheet.rows)):
        values: dict[str, str] = {}
        for spec in sheet.asked:
            try:
                values[spec.name] = canonical(spec, typed.get(line, {}).get(spec.name, ""))
            except ValueError as error:
                raise EntryRefused(f"{line + 1}行目「{spec.title}」: {error}") from None
            if spec.required and not values[spec.name]:
                raise EntryRefused(f"{line + 1}行目「{spec.title}」が空です。すべての行の結果を入力してください。")
        if values.get("result") == "registered" and not values.get("unified_number"):
            raise EntryRefused(f"{line + 1}行目「団体内統合宛名番号」が空です。端末の表示のとおり入力してください。")
        if (
            values.get("result") == "done"
            and sheet.rows[line].get("act") == "add"
            and not values.get("record_number", "x")
        ):
            raise EntryRefused(f"{line + 1}行目「副本番号」が空です。端末の表示のとおり入力してください。")
        found.append(values)
    return found


def masked(number: str) -> str:
    """The last three characters of a number, the rest hidden."""
    return "＊" * max(len(number) - 3, 0) + number[-3:] if len(number) > 3 else "＊" * len(number)


def _different(line: int, spec: FieldSpec, first: str, second: str) -> Different:
    if spec.name not in SECRET_ITEMS:
        return Different(line + 1, spec, first or "（空）", second or "（空）")
    places = [at for at in range(max(len(first), len(second))) if first[at : at + 1] != second[at : at + 1]]
    told = f"{len(places)}桁が違います（{'・'.join(str(at + 1) for at in places[:5])}桁目）"
    return Different(line + 1, spec, f"{masked(first)} {told}", masked(second))


def _canonical_or_typed(sheet: Sheet, typed: Values) -> list[dict[str, str]]:
    """A draft that goes on after its submission may not be sound; it is compared as typed then."""

    def one(spec: FieldSpec, text: str) -> str:
        try:
            return canonical(spec, text)
        except ValueError:
            return text

    return [
        {spec.name: one(spec, typed.get(line, {}).get(spec.name, "")) for spec in sheet.asked}
        for line in range(len(sheet.rows))
    ]


def _own(sheet: Sheet, user: User) -> SheetEntry:
    entries = _locked(sheet)
    own = next((entry for entry in entries if entry.by == user.username), None)
    if own is not None:
        return own
    if len(entries) >= 2:
        raise EntryRefused("すでに別の二人が入力しています。食い違いは、その二人が直してください。")
    place = 2 if any(entry.place == 1 for entry in entries) else 1
    return SheetEntry.objects.create(sheet=sheet.name.name, content=sheet.content, place=place, by=user.username)


def _locked(sheet: Sheet) -> list[SheetEntry]:
    found = SheetEntry.objects.select_for_update().filter(sheet=sheet.name.name, content=sheet.content)
    return list(found)


def _opened(entry: SheetEntry) -> Values:
    return {int(line): items for line, items in _kept(entry).get("lines", {}).items()}


def _kept(entry: SheetEntry) -> dict[str, Any]:
    if not entry.sealed:
        return {}
    stored: dict[str, Any] = json.loads(keys.unseal(PURPOSE, bytes(entry.sealed), _bound(entry)))
    return stored


def _bound(entry: SheetEntry) -> str:
    return f"{entry.sheet}:{entry.content}:{entry.by}"
