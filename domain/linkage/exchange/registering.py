"""宛名登録: individual numbers out, 団体内統合宛名番号 in. Numbers live in memory only between vault and wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.linkage import bulk
from domain.linkage.exchange import batches
from domain.linkage.exchange.masking import without_numbers
from domain.linkage.exchange.work import Tally, Terms
from domain.linkage.models import Batch, Registration
from domain.vault.models import PersonNumber
from domain.vault.services import HeldByAnother, reveal_many, store_unified
from integrations.atena_adapters.port import (
    AtenaAdapter,
    Capabilities,
    Collection,
    Outcome,
    Pending,
    Registered,
    RegistrationBatch,
    RegistrationLine,
    SubmissionReceipt,
    reason_of,
    title,
)

TAKEN = "同じ団体内統合宛名番号が別の人に登録されています。二人の個人番号を確かめてください。"
_LINE = Member.objects.filter(pk=OuterRef("member_id")).values(
    line=JSONObject(name="name", kana="kana", born="born", address="household__address")
)


class Registering:
    """Implements `Work`. `duty_code`: 事務コード that the trail names for each revealed number."""

    kind = Batch.Kind.REGISTER
    title = "宛名登録"

    def __init__(self, fiscal_year: int, duty_code: str) -> None:
        self._fiscal_year = fiscal_year
        self._duty_code = duty_code

    def prepare(self, terms: Terms) -> Batch | None:
        """The next waiting people, with name, birth date and address as they are now: a resend repeats these."""
        waiting = Registration.objects.filter(state=Registration.State.WAITING, batch=None).order_by("pk")
        ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[: terms.limit])
        if not ids:
            return None
        batch = batches.create(
            self.kind,
            fiscal_year=self._fiscal_year,
            adapter_version=terms.adapter_version,
            operator=terms.operator,
            size=len(ids),
        )
        Registration.objects.filter(pk__in=ids).update(batch=batch, sent_as=Subquery(_LINE))
        return batch

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        """Reveal the numbers (each with its event, written first) and hand them over."""
        lines = list(batch.registrations.order_by("pk").values_list("member_id", "member__atena_number", "sent_as"))
        numbers = reveal_many(
            [member for member, _, _ in lines],
            PersonNumber.Field.INDIVIDUAL,
            duty=self._duty_code,
            case=batches.case_of(batch),
        )
        return adapter.register(
            RegistrationBatch(
                **batches.envelope(batch),
                lines=tuple(
                    RegistrationLine(
                        atena_number=atena,
                        individual_number=numbers[member].clear() if member in numbers else "",
                        name=sent["name"],
                        kana=sent["kana"],
                        born=date.fromisoformat(sent["born"]),
                        address=sent["address"],
                    )
                    for member, atena, sent in lines
                ),
            )
        )

    def mark_sent(self, batch: Batch) -> None:
        batch.registrations.filter(state=Registration.State.WAITING).update(state=Registration.State.SENT)
        members = list(batch.registrations.order_by("pk").values_list("member_id", flat=True))
        record(
            Event.LINKAGE_REGISTRATION_SENT,
            subjects=batches.people(members),
            detail={"lines": len(members)},
            duty=self._duty_code,
            case=batches.case_of(batch),
        )

    def apply(self, batch: Batch, collection: Collection) -> int:
        """Numbers into the vault and states of the lines, in one transaction."""
        lines = batch.registrations.filter(state=Registration.State.SENT).annotate(atena=F("member__atena_number"))
        open_lines = {atena: (pk, member) for atena, pk, member in lines.values_list("atena", "pk", "member_id")}
        row_of: dict[int, dict[str, Any]] = {}
        pairs: dict[int, str] = {}
        refused: list[int] = []
        for atena, outcome in collection.outcomes.items():
            if isinstance(outcome, Pending) or atena not in open_lines:
                continue
            pk, member = open_lines[atena]
            state, reason = _state_of(outcome)
            row_of[member] = {"id": pk, "state": state, "reason": reason}
            if isinstance(outcome, Registered):
                pairs[member] = outcome.unified_number
            else:
                refused.append(member)
        for member in _store(pairs, str(batch.pk)):
            del pairs[member]
            refused.append(member)
            row_of[member] |= {"state": Registration.State.REJECTED, "reason": TAKEN}
        bulk.update_registrations(list(row_of.values()))
        self._note(batch, list(pairs), refused)
        return len(row_of)

    def release(self, batch: Batch) -> None:
        batch.registrations.update(batch=None, state=Registration.State.WAITING, sent_as={})

    def answers_in_call(self, capabilities: Capabilities) -> bool:
        return capabilities.registration_in_call

    def is_settled(self, collection: Collection) -> bool:
        return collection.complete

    def uncleared(self) -> list[Batch]:
        return list(Batch.objects.filter(kind=self.kind, state=Batch.State.COLLECTED, cleared_at=None))

    def may_change(self, batch: Batch) -> bool:
        return False

    def tally(self, capabilities: Capabilities) -> Tally:
        states = self._states()
        done = states[Registration.State.REGISTERED] + states[Registration.State.REJECTED]
        return Tally(done, sum(states.values()))

    def counters(self) -> dict[str, int]:
        states = self._states()
        return {state.label: states[state] for state in Registration.State if states[state]}

    def _states(self) -> Counter[str]:
        found = Registration.objects.values_list("state").annotate(people=Count("pk")).order_by()
        return Counter(dict(found))

    def _note(self, batch: Batch, accepted: list[int], refused: list[int]) -> None:
        for event, members in (
            (Event.LINKAGE_REGISTRATION_ACCEPTED, accepted),
            (Event.LINKAGE_REGISTRATION_REFUSED, refused),
        ):
            if members:
                record(event, subjects=batches.people(members), duty=self._duty_code, case=batches.case_of(batch))


def _store(pairs: Mapping[int, str], batch: str) -> list[int]:
    """Into the vault; returns the people whose number somebody else has already (the others are stored)."""
    try:
        store_unified(pairs, batch=batch)
    except HeldByAnother:
        return [member for member, number in pairs.items() if not _stored({member: number}, batch)]
    return []


def _stored(pair: Mapping[int, str], batch: str) -> bool:
    try:
        store_unified(pair, batch=batch)
    except HeldByAnother:
        return False
    return True


def _state_of(outcome: Outcome) -> tuple[str, str]:
    if isinstance(outcome, Registered):
        return Registration.State.REGISTERED, ""
    reason = reason_of(outcome) or title(outcome)
    return Registration.State.REJECTED, without_numbers(reason)
