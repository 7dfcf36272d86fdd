"""宛名登録: individual numbers out, 団体内統合宛名番号 in. Numbers live in memory only between vault and wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from domain.households.models import Member
from domain.linkage.exchange import batches
from domain.linkage.exchange.acting import reason_of
from domain.linkage.exchange.unified import store_each
from domain.linkage.exchange.work import Tally, Terms
from domain.linkage.models import Batch, Registration
from domain.linkage.persons.moving import STOPPED_AS_DOUBTED, move, note_by_hand
from domain.linkage.persons.planning import present_number
from domain.linkage.persons.states import Act, State
from domain.vault.models import PersonNumber
from domain.vault.services import reveal_many
from integrations.atena_adapters.errors import BatchAltered
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
        waiting = Registration.objects.filter(state=State.VERIFIED, batch=None).order_by("pk")
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
        lines = Registration.objects.filter(pk__in=ids)
        lines.update(batch=batch, sent_as=Subquery(_LINE), number_row=present_number())
        return batch

    def leave_out(self, batch: Batch, capabilities: Capabilities) -> bool:
        """Of whom another has the same number, so it was found meanwhile: no line goes out before somebody decided.

        Nothing of the batch is with the other side yet, so it takes the number of today; whose number is gone waits for one.
        """
        for person in batch.registrations.filter(state=State.DOUBTED).order_by("pk"):
            note_by_hand(person, STOPPED_AS_DOUBTED)
        batch.registrations.filter(state=State.DOUBTED).update(batch=None, sent_as={})
        batch.registrations.update(number_row=present_number())
        without = _ids(batch.registrations.filter(number_row=None))
        self._move(batch, without, Act.RELEASE)
        self._move(batch, without, Act.LOSE)
        Registration.objects.filter(pk__in=without).update(batch=None, sent_as={})
        return batch.registrations.exists()

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        """Reveal the numbers (each with its event, written first) and hand them over."""
        lines = list(batch.registrations.order_by("pk").values_list("member_id", "member__atena_number", "sent_as"))
        numbers = reveal_many(
            [member for member, _, _ in lines],
            PersonNumber.Field.INDIVIDUAL,
            duty=self._duty_code,
            case=batches.case_of(batch),
        )
        if len(numbers) < len(lines):  # one is no longer held
            raise BatchAltered
        return adapter.register(
            RegistrationBatch(
                **batches.envelope(batch),
                lines=tuple(
                    RegistrationLine(
                        atena_number=atena,
                        individual_number=numbers[member].clear(),
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
        self._move(batch, _ids(batch.registrations.filter(state=State.VERIFIED)), Act.REQUEST)

    def apply(self, batch: Batch, collection: Collection) -> int:
        """Numbers into the vault and states of the people, in one transaction."""
        lines = batch.registrations.filter(state__in=[State.REQUESTED, State.DOUBTED], known=False)
        waiting = {
            atena: (pk, member) for pk, member, atena in lines.values_list("pk", "member_id", "member__atena_number")
        }
        found = [
            (*waiting[atena], outcome)
            for atena, outcome in collection.outcomes.items()
            if not isinstance(outcome, Pending) and atena in waiting
        ]
        pairs = {member: outcome.unified_number for _, member, outcome in found if isinstance(outcome, Registered)}
        taken = set(store_each(pairs, str(batch.pk)))
        accepted = [pk for pk, member, outcome in found if isinstance(outcome, Registered) and member not in taken]
        self._move(batch, accepted, Act.ACCEPT, reason="", refused={}, checked_at=None)
        Registration.objects.filter(pk__in=accepted, state=State.DOUBTED).update(known=True)
        Registration.objects.filter(member__in=taken).update(reason=TAKEN)
        refused = [(pk, outcome) for pk, _, outcome in found if not isinstance(outcome, Registered)]
        self._refuse(batch, refused)
        return len(found)

    def release(self, batch: Batch) -> None:
        unsettled = _ids(batch.registrations.filter(known=False).exclude(state=State.REJECTED))
        self._move(batch, unsettled, Act.RELEASE)
        Registration.objects.filter(pk__in=unsettled).update(batch=None, sent_as={})

    def answers_in_call(self, capabilities: Capabilities) -> bool:
        return capabilities.registration_in_call

    def is_settled(self, collection: Collection) -> bool:
        return collection.complete

    def uncleared(self) -> list[Batch]:
        return list(batches.uncleared(self.kind))

    def may_change(self, batch: Batch) -> bool:
        return False

    def tally(self, capabilities: Capabilities) -> Tally:
        states = self._states()
        to_do = states[State.VERIFIED] + states[State.REQUESTED]
        done = states.total() - to_do - states[State.DRAFT] - states[State.WITHDRAWN]
        return Tally(done, done + to_do)

    def counters(self) -> dict[str, int]:
        states = self._states()
        known = sum(states[state] for state in Registration.KNOWN)
        rest = (State.VERIFIED, State.REQUESTED, State.REJECTED, State.DOUBTED)
        shown = {"付番済": known} | {str(state.label): states[state] for state in rest}
        return {name: people for name, people in shown.items() if people}

    def _states(self) -> Counter[str]:
        found = Registration.objects.values_list("state").annotate(people=Count("pk")).order_by()
        return Counter(dict(found))

    def _refuse(self, batch: Batch, refused: Sequence[tuple[int, Outcome]]) -> None:
        """Moved together by reason: a whole batch is mostly refused for one."""
        by_reason: dict[str, list[int]] = {}
        for pk, outcome in refused:
            by_reason.setdefault(reason_of(outcome), []).append(pk)
        for reason, people in by_reason.items():
            self._move(batch, people, Act.REJECT, note=reason, reason=reason)

    def _move(self, batch: Batch, people: list[int], act: Act, **more: Any) -> None:
        move(people, act, duty=self._duty_code, case=batches.case_of(batch), **more)


def _ids(people: QuerySet[Registration]) -> list[int]:
    return list(people.values_list("pk", flat=True))
