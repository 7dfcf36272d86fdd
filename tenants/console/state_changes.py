"""Which states of a prefecture follow which, what must hold first, and what each change means for its people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from tenants.console.errors import RequestRefused
from tenants.console.models import AdapterDraft, OnboardingStep
from tenants.console.onboarding import change_state
from tenants.core import versions
from tenants.core.models import Prefecture

State = Prefecture.State

FOLLOWING: dict[str, tuple[str, ...]] = {
    State.PREPARING: (State.TESTING,),
    State.TESTING: (State.LIVE, State.SUSPENDED),
    State.LIVE: (State.SUSPENDED,),
    State.SUSPENDED: (State.TESTING, State.LIVE),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change that may be asked for: its name, its question, what will follow, what stands in its way ("" = nothing)."""

    state: str
    act: str
    question: str
    follows: str
    obstacle: str = ""

    @property
    def is_dangerous(self) -> bool:
        return self.state == State.SUSPENDED


_ACTS = {
    State.TESTING: (
        "接続試験を始める",
        "接続試験を始めますか",
        "この団体のホスト名が開き、職員がログインできるようになります。本番の業務はまだ始めないでください。",
    ),
    State.LIVE: (
        "稼働を始める",
        "稼働を始めますか",
        "この団体の業務が始まります。名簿の取込と情報照会が、実際の統合宛名に対して行われます。",
    ),
    State.SUSPENDED: (
        "停止する",
        "停止しますか",
        "この団体の職員全員が、すぐに使えなくなります。待っている処理は、再開するまで始まりません。データは残ります。",
    ),
}


def possible(prefecture: Prefecture) -> list[Change]:
    """The changes that may follow the present state, each with its obstacle if it has one."""
    return [_change(prefecture, state) for state in FOLLOWING[prefecture.state]]


def ask(prefecture: Prefecture, state: str) -> Change:
    """One of the possible changes. Raises RequestRefused when it does not follow the present state."""
    for change in possible(prefecture):
        if change.state == state:
            return change
    raise RequestRefused(
        f"「{prefecture.get_state_display()}」からは変更できません。状態が変わった可能性があります。画面を開き直してください。"
    )


@transaction.atomic
def move(prefecture: Prefecture, state: str) -> None:
    """Change the state if it still follows and nothing stands in its way. Raises RequestRefused."""
    now: Prefecture = Prefecture.objects.select_for_update().get(pk=prefecture.pk)
    change = ask(now, state)
    if change.obstacle:
        raise RequestRefused(change.obstacle)
    change_state(now, state)


def _change(prefecture: Prefecture, state: str) -> Change:
    act, question, follows = _ACTS[State(state)]
    return Change(state, act, question, follows, next(_obstacles(prefecture, state), ""))


def _obstacles(prefecture: Prefecture, state: str) -> Iterator[str]:
    if state == State.SUSPENDED:
        return
    steps = OnboardingStep.objects.filter(prefecture_code=prefecture.code)
    if not steps.exists() or steps.exclude(state=OnboardingStep.State.DONE).exists():
        yield "終わっていない導入手順があります。先に導入手順を完了してください。"
    if prefecture.migrations != versions.of_the_code():
        yield "表の版がプログラムと一致しません。「表の作成」の手順をもう一度実行してください。"
    if state == State.LIVE and not _has_active_adapter(prefecture):
        yield "有効な宛名接続がありません。接続試験に合格した版を、二人目の運用者が有効化してください。"


def _has_active_adapter(prefecture: Prefecture) -> bool:
    return AdapterDraft.objects.filter(prefecture=prefecture, state=AdapterDraft.State.ACTIVE).exists()
