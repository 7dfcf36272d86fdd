"""Which items may be asked on a day: the prefecture's dated rules over the legal basis of its year pack, and the consents they want."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.linkage.errors import ItemRefused
from domain.linkage.models import Consent, ItemRule
from domain.linkage.targets import NotNeeded
from domain.linkage.yearpack import own_pack, saying
from domain.rules import Pack, RuleMissing
from domain.rules.yearpack.places import legal_basis_on


@dataclass(frozen=True, slots=True)
class Item:
    """What holds for one item on one day. `basis` is the legal basis in words; `notice` why it is as it is."""

    asked: bool
    needs_consent: bool
    basis: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """The items of a day and who consented to those that want it."""

    items: Mapping[ItemRule.Kind, Item]
    consented: Collection[tuple[int, str]]

    def refusal(self, member: int, kind: ItemRule.Kind) -> NotNeeded | None:
        """Why this question may not be asked now; None when it may."""
        item = self.items[kind]
        if not item.asked:
            return NotNeeded.SUSPENDED
        if item.needs_consent and (member, kind.value) not in self.consented:
            return NotNeeded.NO_CONSENT
        return None


def gate_on(fiscal_year: int, day: date) -> Gate:
    """One query more than `items_on`, and only where an item wants consent."""
    items = items_on(fiscal_year, day)
    wanting = [kind for kind, item in items.items() if item.asked and item.needs_consent]
    consents = Consent.objects.filter(kind__in=wanting, given_on__lte=day, withdrawn_on=None) if wanting else None
    return Gate(items, frozenset(consents.values_list("member_id", "kind")) if consents is not None else frozenset())


def items_on(fiscal_year: int, day: date) -> dict[ItemRule.Kind, Item]:
    """Every item of a year as it stands on a day: of rules that began, the newest."""
    basis = legal_basis(fiscal_year, day)
    found = {kind: Item(bool(basis), False, basis) for kind in ItemRule.Kind}
    for rule in ItemRule.objects.filter(starts_on__lte=day).order_by("starts_on", "pk"):
        found[ItemRule.Kind(rule.kind)] = Item(rule.asked, rule.needs_consent, rule.basis or basis, rule.notice)
    return found


def legal_basis(fiscal_year: int, day: date, side: str = "inquiry") -> str:
    """The legal basis of asking on a day, as the pack in force for the year cites it; empty where it cites none for the day
    (nothing may be asked then). `side`: "inquiry", or "provision" for providing to others.
    """
    own = own_pack(fiscal_year, day)
    try:
        return "。".join(_cited(own, name, day) for name in ("my_number_use", f"my_number_{side}"))
    except RuleMissing:
        return ""


def _cited(own: Pack | None, name: str, day: date) -> str:
    return legal_basis_on(saying(own, lambda pack: name in pack.legal_basis), name, day).text


def add_rule(user: User, rule: ItemRule) -> ItemRule:
    """Record a rule of an item from a day on. Raises ItemRefused for a day that is past: what was asked, was asked."""
    if rule.starts_on < timezone.localdate():
        raise ItemRefused("適用開始日は今日以後にしてください。過去の照会には、その日の設定が使われています。")
    with transaction.atomic():
        rule.by = user.username
        rule.save(force_insert=True)
        record(
            Event.LINKAGE_ITEM_CHANGED,
            subjects=[Subject("item", rule.kind)],
            detail={
                "from": rule.starts_on.isoformat(),
                "asked": rule.asked,
                "needs_consent": rule.needs_consent,
                "rule": rule.pk,
            },
            allowed_by=Permission.APPROVE_INQUIRY.value,
        )
    return rule


def give_consent(user: User, member: Member, kind: str, given_on: date, evidence: str) -> Consent:
    """Record that a person consented. Raises ItemRefused: a day to come, no evidence, or there is a consent already."""
    if given_on > timezone.localdate():
        raise ItemRefused("同意日は今日以前にしてください。")
    if not evidence.strip():
        raise ItemRefused("同意を確かめた書類を入力してください（例: 同意書 令和7年度-12）。")
    with transaction.atomic():
        if Consent.objects.filter(member=member, kind=kind, withdrawn_on=None).exists():
            raise ItemRefused("この人のこの項目への同意は、登録済みです。")
        new = Consent.objects.create(
            member=member, kind=kind, given_on=given_on, evidence=evidence.strip(), recorded_by=user.username
        )
        _note(new, "given")
    return new


def withdraw_consent(consent: Consent, on: date) -> None:
    """The person took it back: nothing more is asked from then on. What was answered before stays."""
    with transaction.atomic():
        current = Consent.objects.select_for_update().get(pk=consent.pk)
        if current.withdrawn_on is not None:
            return
        if on < current.given_on:
            raise ItemRefused("撤回日は同意日以後にしてください。")
        current.withdrawn_on = on
        current.save(update_fields=["withdrawn_on"])
        _note(current, "withdrawn")


def _note(consent: Consent, act: str) -> None:
    record(
        Event.LINKAGE_CONSENT_RECORDED,
        subjects=[Subject("member", str(consent.member_id))],
        detail={"item": consent.kind, "act": act, "consent": consent.pk},
        allowed_by=Permission.REVIEW_MATCH.value,
    )
