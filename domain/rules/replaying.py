"""replay(): a stored receipt recomputed with today's engine and the pack it names; any figure that differs is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.rules.assessment.assessing import assess
from domain.rules.assessment.wire import case_from_json
from domain.rules.canonical import is_intact
from domain.rules.errors import RulesError
from domain.rules.payment.paying import pay
from domain.rules.payment.wire import payment_case_from_json
from domain.rules.yearpack.model import Pack

PackFinder = Callable[[str, Sequence[str], str], Pack | None]
"""Pack of a name, overlays and digest, as it is on hand today; None where there is none of that name."""

WORDING = frozenset({"title", "source", "article", "message", "standing_label"})
"""Names of a step whose text may be put differently without a figure changing."""


class Outcome(StrEnum):
    """How the replay of one receipt ended."""

    SAME = "same"
    DIFFERENT = "different"
    PACK_CHANGED = "pack_changed"
    BROKEN = "broken"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """As shown to people."""
        return {
            "same": "一致",
            "different": "差異あり",
            "pack_changed": "年度定義が当時と違う",
            "broken": "計算書が書き換えられている",
            "unreadable": "計算書を読めない",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place of the receipt that says something else today."""

    where: str
    stored: object
    recomputed: object

    @property
    def yen(self) -> int | None:
        """Difference in 円 where both are whole numbers."""
        if type(self.stored) is int and type(self.recomputed) is int:
            return self.recomputed - self.stored
        return None

    def to_json(self) -> dict[str, object]:
        """Plain mapping."""
        return {"where": self.where, "stored": self.stored, "now": self.recomputed, "yen": self.yen}


@dataclass(frozen=True, slots=True)
class Replayed:
    """Result for one receipt: `message` says what is wrong where no figures could be compared."""

    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    message: str = ""

    def to_json(self) -> dict[str, object]:
        """Plain mapping."""
        found = [each.to_json() for each in self.differences]
        return {"outcome": self.outcome.value, "differences": found, "message": self.message}


def replay(receipt: object, find: PackFinder) -> Replayed:
    """Recompute one receipt.  A receipt of a pack that is not on hand with the same digest is not recomputed."""
    if not isinstance(receipt, Mapping):
        return Replayed(Outcome.UNREADABLE, message="計算書がオブジェクトではありません。")
    named = receipt.get("pack")
    if not isinstance(named, Mapping) or not isinstance(named.get("name"), str) or "case" not in receipt:
        return Replayed(Outcome.UNREADABLE, message="計算書に年度定義または事実がありません。")
    overlays = named.get("overlays", [])
    if not isinstance(overlays, list) or not all(isinstance(each, str) for each in overlays):
        return Replayed(Outcome.UNREADABLE, message="計算書の重ね定義を読めません。")
    name, digest = str(named["name"]), str(named.get("digest", ""))
    shown = "+".join([name, *overlays])
    try:
        pack = find(name, overlays, digest)
    except RulesError as error:
        return Replayed(Outcome.PACK_CHANGED, message=error.message)
    if pack is None:
        return Replayed(Outcome.PACK_CHANGED, message=f"年度定義「{shown}」(識別値 {digest})がありません。")
    if pack.digest != digest:
        text = f"年度定義「{shown}」の内容が当時と違います(当時 {digest}、いま {pack.digest})。計算し直していません。"
        return Replayed(Outcome.PACK_CHANGED, message=text)
    return _compared(receipt, pack)


def _compared(receipt: Mapping[str, object], pack: Pack) -> Replayed:
    try:
        now = _recomputed(receipt, pack)
    except RulesError as error:
        if receipt.get("kind") == "refused":
            return _judged(receipt, ())
        difference = Difference("result", "算定済", error.message)
        return Replayed(Outcome.DIFFERENT if is_intact(receipt) else Outcome.BROKEN, (difference,), error.message)
    if now is None:
        return Replayed(Outcome.UNREADABLE, message=f"計算書の種類を知りません: {receipt.get('kind')}")
    if receipt.get("kind") == "refused":
        return _judged(receipt, (Difference("result", receipt.get("error"), now.get("result")),))
    found = [
        difference for part in ("result", "steps") for difference in differences(receipt.get(part), now.get(part), part)
    ]
    return _judged(receipt, tuple(found))


def _recomputed(receipt: Mapping[str, object], pack: Pack) -> dict[str, object] | None:
    """The receipt that the same facts give today; None for a kind that is not known."""
    kind = receipt.get("kind")
    if kind == "assessment":
        return assess(pack, case_from_json(receipt["case"])).receipt()
    if kind in ("payment", "refused"):
        return pay(pack, payment_case_from_json(receipt["case"])).receipt()
    return None


def _judged(receipt: Mapping[str, object], found: tuple[Difference, ...]) -> Replayed:
    if not is_intact(receipt):
        text = "計算書の内容が識別値と合いません。保存された後に書き換えられています。"
        return Replayed(Outcome.BROKEN, found, text)
    return Replayed(Outcome.DIFFERENT if found else Outcome.SAME, found)


def differences(stored: object, now: object, where: str) -> Iterator[Difference]:
    """Leaves that differ; wording alone does not count."""
    if isinstance(stored, Mapping) and isinstance(now, Mapping):
        for name in sorted({*map(str, stored), *map(str, now)} - WORDING):
            yield from differences(stored.get(name), now.get(name), f"{where}.{name}")
    elif isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now):
        for number, (old, new) in enumerate(zip(stored, now, strict=True), start=1):
            yield from differences(old, new, f"{where}[{number}]")
    elif stored != now or isinstance(stored, bool) is not isinstance(now, bool):
        yield Difference(where, stored, now)


__all__ = ["Difference", "Outcome", "PackFinder", "Replayed", "differences", "replay"]
