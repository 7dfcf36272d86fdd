"""The states of a person at 統合宛名 (付番から照会可まで) and every way from one to another. Pure: a table and its reading.

Whatever is not in the table does not happen: `moving.move` looks here, the property test walks it, docs/linkage.md prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from audit.trail.vocabulary import Event
from domain.linkage.models import Registration

State = Registration.State
KNOWN = frozenset(Registration.KNOWN)
UNKNOWN = frozenset({State.DRAFT, State.VERIFIED, State.REJECTED})
"""Not known to 統合宛名, and nothing about them is on its way."""


class Act(StrEnum):
    """What moves a person on; the value is what the history says where nobody wrote a reason."""

    CONFIRM = "個人番号が登録された"
    LOSE = "個人番号がなくなった"
    REQUEST = "付番を依頼した"
    ACCEPT = "付番された"
    REJECT = "付番できなかった"
    RELEASE = "送れなかったため、依頼を取り下げた"
    RETRY = "もう一度付番を依頼する"
    CHECK = "符号の取得を確認し始めた"
    LINK = "符号が取得された"
    RENUMBER = "個人番号が変わった"
    TELL = "番号の変更が受け付けられた"
    DOUBT = "番号の重複の疑いがある"
    CLEAR = "重複の疑いが解けた（登録済み）"
    CLEAR_UNKNOWN = "重複の疑いが解けた（未登録）"
    WITHDRAW = "廃止が受け付けられた"
    LEAVE = "対象でなくなった（登録していない）"
    RETURN = "ふたたび対象になった"


@dataclass(frozen=True, slots=True)
class Way:
    """From which states an act leads where, and which event tells of it."""

    sources: frozenset[State]
    target: State
    event: Event = Event.LINKAGE_PERSON_MOVED


def _from(*sources: State) -> frozenset[State]:
    return frozenset(sources)


WAYS: Mapping[Act, Way] = {
    Act.CONFIRM: Way(_from(State.DRAFT), State.VERIFIED),
    Act.LOSE: Way(_from(State.VERIFIED, State.REJECTED, State.DOUBTED), State.DRAFT),
    Act.REQUEST: Way(_from(State.VERIFIED), State.REQUESTED, Event.LINKAGE_REGISTRATION_SENT),
    Act.ACCEPT: Way(_from(State.REQUESTED), State.REGISTERED, Event.LINKAGE_REGISTRATION_ACCEPTED),
    Act.REJECT: Way(_from(State.REQUESTED), State.REJECTED, Event.LINKAGE_REGISTRATION_REFUSED),
    Act.RELEASE: Way(_from(State.REQUESTED), State.VERIFIED),
    Act.RETRY: Way(_from(State.REJECTED), State.VERIFIED),
    Act.CHECK: Way(_from(State.REGISTERED), State.ACQUIRING),
    Act.LINK: Way(_from(State.ACQUIRING), State.READY),
    Act.RENUMBER: Way(_from(State.REGISTERED, State.ACQUIRING, State.READY), State.NUMBER_CHANGED),
    Act.TELL: Way(_from(State.NUMBER_CHANGED), State.REGISTERED),
    Act.DOUBT: Way(UNKNOWN - {State.DRAFT} | KNOWN | {State.REQUESTED}, State.DOUBTED),
    Act.CLEAR: Way(_from(State.DOUBTED), State.REGISTERED),
    Act.CLEAR_UNKNOWN: Way(_from(State.DOUBTED), State.VERIFIED),
    Act.WITHDRAW: Way(KNOWN | {State.DOUBTED}, State.WITHDRAWN),
    Act.LEAVE: Way(UNKNOWN, State.WITHDRAWN),
    Act.RETURN: Way(_from(State.WITHDRAWN), State.DRAFT),
}

NEXT: Mapping[State, str] = {
    State.DRAFT: "個人番号取扱者が個人番号を登録すると、番号確認済になります。",
    State.VERIFIED: "次の「登録する」で、統合宛名に付番を依頼します。",
    State.REQUESTED: "統合宛名の結果を待っています。届きしだい付番済になります。",
    State.REJECTED: "断られた理由を確かめて世帯の記録か番号を直し、「付番不可の分をやり直す」を押します。",
    State.REGISTERED: "符号の取得を1時間ごとに確認します。",
    State.ACQUIRING: "符号を待っています。1時間ごとに（2日を過ぎたら1日に1回）確認し、取得されると照会できます。",
    State.READY: "照会できます。することはありません。",
    State.NUMBER_CHANGED: "番号の変更を統合宛名に伝えます。受け付けられるまで、この人の照会は止めています。",
    State.DOUBTED: "同じ番号の人がいます。両方を止めています。「番号の重複」で確かめて処理すると、続きから進みます。",
    State.WITHDRAWN: "廃止しました。ふたたび世帯の対象者になると、番号待ちから始まります。",
}
"""What happens next in each state, in words."""


def may(act: Act, state: str) -> bool:
    """Whether an act leads on from a state."""
    return state in WAYS[act].sources


def table() -> list[tuple[str, str, str]]:
    """(state, act, next state) in Japanese, in the order of the states: the table of docs/linkage.md."""
    return [
        (state.label, act.value, WAYS[act].target.label) for state in State for act in Act if state in WAYS[act].sources
    ]
