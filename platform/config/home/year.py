"""The strip over the page: where the year stands for the person's schools."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from accounts.permissions import Permission
from config.home import counts
from config.home.counts import Inquiries, SchoolCounts
from config.home.links import place
from domain.households.left_out import LeftOut
from domain.payments.models import PaymentRound
from domain.statements.queries.scope import AT_BOARD, COMPUTED, DECIDED
from web.components import YearStep
from web.states import Tone

_PAYMENT = {
    PaymentRound.State.DRAFT: Tone.EMPTY,
    PaymentRound.State.CALCULATED: Tone.HALF,
    PaymentRound.State.APPROVED: Tone.HALF,
    PaymentRound.State.RELEASED: Tone.DONE,
}


def year_strip(
    user: User,
    permissions: frozenset[Permission],
    schools: Sequence[SchoolCounts],
    inquiries: Inquiries,
    left_out: LeftOut,
    taken: int,
) -> list[YearStep]:
    """名簿 → 調書受付 → 照会 → 算定 → 進達 → 決定 → 支給. The first step that is not done is the current one.
    `taken`: schools of which a roster was taken in.

    A step leads on only where the person may go.
    """
    total = sum(school.total for school in schools)
    statements = place("statements:list")
    rosters = place("households:imports") if Permission.IMPORT_ROSTER in permissions else ""
    answers = place("linkage:reviews") if Permission.REVIEW_MATCH in permissions else ""
    steps = [
        _rosters(_step("名簿", taken, len(schools), rosters), left_out),
        _step("調書受付", total, counts.expected_statements(user) + left_out.unregistered, statements),
        _asked(inquiries, answers),
        _step("算定", _count(schools, COMPUTED), total, statements),
        _step("進達", _count(schools, AT_BOARD), total, statements),
        _step("決定", _count(schools, DECIDED), total, statements),
        _payment(),
    ]
    current = next((n for n, step in enumerate(steps) if step.tone is not Tone.DONE), None)
    return [
        YearStep(step.title, step.tone, step.done, step.total, step.url, current=n == current)
        for n, step in enumerate(steps)
    ]


def _step(title: str, done: int, total: int, url: str) -> YearStep:
    """Finished without figures, under way with both, not begun with neither."""
    if total and done >= total:
        return YearStep(title, Tone.DONE, url=url)
    return YearStep(title, Tone.HALF, done, total, url) if done else YearStep(title, Tone.EMPTY, url=url)


def _rosters(step: YearStep, left_out: LeftOut) -> YearStep:
    """Handed in is not enough while rows of them are wrong or on hold."""
    if not left_out.rows:
        return step
    return YearStep(f"{step.title}（{left_out.rows}）", Tone.ATTENTION, step.done, step.total, step.url)


def _asked(inquiries: Inquiries, url: str) -> YearStep:
    """Not finished while somebody cannot be asked about, or nobody was asked: the lines that there are tell nothing of those."""
    step = _step("照会", inquiries.answered, inquiries.total, url)
    left = [
        f"{word} {number:,}{unit}"
        for word, number, unit in (("宛名未登録", inquiries.unregistered, "人"), ("未照会", inquiries.unasked, "世帯"))
        if number
    ]
    if not left or step.tone is Tone.EMPTY:
        return step
    return YearStep(f"照会（{'、'.join(left)}）", Tone.HALF, inquiries.answered, inquiries.total, url)


def _payment() -> YearStep:
    current = counts.next_round()
    if current is None:
        return YearStep("支給", Tone.EMPTY)
    title = "追給・戻入" if current.only_differences else f"支給{current.number}期"
    return YearStep(title, _PAYMENT[PaymentRound.State(current.state)], url=place("payments:rounds"))


def _count(schools: Sequence[SchoolCounts], states: Sequence[str]) -> int:
    return sum(school.of(states) for school in schools)
