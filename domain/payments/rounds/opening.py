"""支給回を開く: its dates obey the rules of the established system (P-SPACE §2.4), its 年度定義 is fixed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from django.db import transaction

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.payments.errors import RoundRefused
from domain.payments.ledgers import noted
from domain.payments.models import PaymentRound, RoundStep
from domain.payments.rounds.differences import require_differences
from domain.payments.states import all_locked
from domain.rules import Pack, PackError
from domain.yearpacks import resolving
from domain.yearpacks.errors import YearpackError
from tenants.core.context import require_prefecture
from web.dates import fiscal_year_label, to_wareki

TITLE_LENGTH = 40
AFTERWARDS = "この日より後に支払うときの扱い（出納整理期間、過年度の支出）は、会計の担当に確かめてください。"
"""What is known of pay days ends here: docs/payment-round.md, open questions."""


def first_day(fiscal_year: int) -> datetime.date:
    """The first day of the year, and the first that may be its 支給日."""
    return datetime.date(fiscal_year, 4, 1)


def last_pay_day(fiscal_year: int) -> datetime.date:
    """The last day that may be a 支給日 of the year: in the next one (P-SPACE §2.4)."""
    return datetime.date(fiscal_year + 1, 4, 30)


@transaction.atomic
def open_round(
    *,
    fiscal_year: int,
    pack: str,
    overlays: Sequence[str],
    number: int,
    title: str,
    starts_on: datetime.date | None = None,
    ends_on: datetime.date | None = None,
    pay_on: datetime.date,
) -> PaymentRound:
    """The round of this number; the existing one when it says the same. Raises RoundRefused, naming the entry.

    支給日 lies in 4月1日 … 翌年4月30日, not inside its own 対象期間, and is no other round's; periods never overlap. Without a
    period: 追給・戻入のみの支給回, refused where nothing is to be paid.
    """
    wanted = PaymentRound(
        fiscal_year=fiscal_year,
        number=number,
        title=title.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        pay_on=pay_on,
        pack=pack,
        overlays=list(overlays),
    )
    others = all_locked()
    for other in others:
        if (other.fiscal_year, other.number) == (fiscal_year, number):
            return _existing(other, wanted)
    _refuse([*_wrong_dates(wanted), *_against(wanted, others)])
    chosen = pack_of(wanted)
    wanted.pack_digest, wanted.ledgers = chosen.digest, noted(chosen)
    wanted.save()
    if wanted.only_differences:
        require_differences(wanted, chosen)
    RoundStep.objects.create(round=wanted, to_state=wanted.state, by=current_actor().name)
    record(
        Event.ROUND_RECORD_OPENED,
        subjects=[Subject("round", str(wanted.pk))],
        detail={
            "fiscal_year": fiscal_year,
            "number": number,
            "pack": pack,
            "overlays": list(overlays),
            "only_differences": wanted.only_differences,
        },
    )
    return wanted


def pack_of(round_: PaymentRound) -> Pack:
    """The 年度定義 of a round. Raises RoundRefused where it cannot be used."""
    try:
        pack = resolving.pack_of(round_.pack, tuple(round_.overlays))
    except (PackError, YearpackError) as error:
        raise RoundRefused("pack", str(error)) from None
    if pack.fiscal_year != round_.fiscal_year:
        own, wanted = fiscal_year_label(pack.fiscal_year), fiscal_year_label(round_.fiscal_year)
        text = f"年度定義「{pack.title}」は{own}のものです。{wanted}の年度定義を選んでください。"
        raise RoundRefused("pack", text)
    if pack.sample and not require_prefecture().sample:
        raise RoundRefused("pack", f"年度定義「{pack.title}」は架空の値を含むため、支給には使えません。")
    if pack.trial and not require_prefecture().sample:
        raise RoundRefused("pack", f"年度定義「{pack.title}」は試算用（未確認）のため、支給には使えません。")
    return pack


def _existing(other: PaymentRound, wanted: PaymentRound) -> PaymentRound:
    names = ("title", "starts_on", "ends_on", "pay_on", "pack", "overlays")
    if all(getattr(other, name) == getattr(wanted, name) for name in names):
        return other
    text = f"{fiscal_year_label(other.fiscal_year)}の第{other.number}回は「{other.title}」として登録済みです。別の回数を入力してください。"
    raise RoundRefused("number", text)


def _refuse(found: Sequence[RoundRefused]) -> None:
    """With one fault of each entry, so that all can be put right at once. Raises RoundRefused."""
    by_field: dict[str, RoundRefused] = {}
    for each in found:
        by_field.setdefault(each.field, each)
    if by_field:
        first, *rest = by_field.values()
        raise RoundRefused(first.field, str(first), rest)


def _wrong_dates(wanted: PaymentRound) -> Iterator[RoundRefused]:
    if not wanted.title or len(wanted.title) > TITLE_LENGTH:
        yield RoundRefused("title", f"名称を{TITLE_LENGTH}文字までで入力してください（例: 第1期）。")
    if wanted.number < 1:
        yield RoundRefused("number", "回数は1以上で入力してください。")
    if wanted.period is not None:
        yield from _wrong_period(wanted, wanted.period)
    elif wanted.starts_on or wanted.ends_on:
        yield RoundRefused("starts_on", "対象期間は、初日と末日の両方を入力してください。")
    if not first_day(wanted.fiscal_year) <= wanted.pay_on <= last_pay_day(wanted.fiscal_year):
        first, last = (to_wareki(day(wanted.fiscal_year)) for day in (first_day, last_pay_day))
        yield RoundRefused("pay_on", f"支給日は{first}から{last}までの日にしてください。{AFTERWARDS}")


def _wrong_period(wanted: PaymentRound, period: tuple[datetime.date, datetime.date]) -> Iterator[RoundRefused]:
    starts_on, ends_on = period
    first, last = first_day(wanted.fiscal_year), datetime.date(wanted.fiscal_year + 1, 3, 31)
    if starts_on > ends_on:
        yield RoundRefused("ends_on", "対象期間の末日が初日より前です。日付を確かめてください。")
    if starts_on < first or ends_on > last:
        text = f"対象期間は{fiscal_year_label(wanted.fiscal_year)}の中（{to_wareki(first)}〜{to_wareki(last)}）にしてください。"
        yield RoundRefused("starts_on", text)
    if starts_on <= wanted.pay_on <= ends_on:
        yield RoundRefused("pay_on", "支給日は対象期間の外の日にしてください（期間の後が普通です）。")


def _against(wanted: PaymentRound, others: Sequence[PaymentRound]) -> Iterator[RoundRefused]:
    for other in others:
        if other.pay_on == wanted.pay_on:
            yield RoundRefused("pay_on", f"この支給日は「{other.title}」の支給日と同じです。別の日にしてください。")
        if wanted.period is None:
            yield from _other_of_differences(wanted, other)
        elif other.period is not None and other.period[0] <= wanted.period[1] and wanted.period[0] <= other.period[1]:
            first, last = (to_wareki(day) for day in other.period)
            text = (
                f"対象期間が「{other.title}」（{first}〜{last}）と重なっています。"
                "経費がどちらの回のものか決まるよう、重ならない期間にしてください。"
            )
            yield RoundRefused("starts_on", text)


def _other_of_differences(wanted: PaymentRound, other: PaymentRound) -> Iterator[RoundRefused]:
    """Two of them at once would hold the same differences."""
    if other.only_differences and other.is_open and other.fiscal_year == wanted.fiscal_year:
        text = (
            f"追給・戻入のみの支給回「{other.title}」が開いています。その支給回を計算すると、今ある差がすべて入ります。"
        )
        yield RoundRefused("", text)
