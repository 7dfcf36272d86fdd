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
from domain.payments.states import all_locked
from domain.rules import Pack, PackError
from domain.yearpacks import resolving
from domain.yearpacks.errors import YearpackError
from tenants.core.context import require_prefecture
from web.dates import fiscal_year_label, to_wareki

TITLE_LENGTH = 40


@transaction.atomic
def open_round(
    *,
    fiscal_year: int,
    pack: str,
    overlays: Sequence[str],
    number: int,
    title: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    pay_on: datetime.date,
) -> PaymentRound:
    """The round of this number; the existing one when it says the same. Raises RoundRefused, naming the entry.

    支給日 lies in 4月1日 … 翌年4月30日, not inside its own 対象期間, and is no other round's; periods never overlap.
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
    RoundStep.objects.create(round=wanted, to_state=wanted.state, by=current_actor().name)
    record(
        Event.ROUND_RECORD_OPENED,
        subjects=[Subject("round", str(wanted.pk))],
        detail={"fiscal_year": fiscal_year, "number": number, "pack": pack, "overlays": list(overlays)},
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
    first = datetime.date(wanted.fiscal_year, 4, 1)
    last = datetime.date(wanted.fiscal_year + 1, 3, 31)
    last_pay_day = datetime.date(wanted.fiscal_year + 1, 4, 30)
    if not wanted.title or len(wanted.title) > TITLE_LENGTH:
        yield RoundRefused("title", f"名称を{TITLE_LENGTH}文字までで入力してください（例: 第1期）。")
    if wanted.number < 1:
        yield RoundRefused("number", "回数は1以上で入力してください。")
    if wanted.starts_on > wanted.ends_on:
        yield RoundRefused("ends_on", "対象期間の末日が初日より前です。日付を確かめてください。")
    if wanted.starts_on < first or wanted.ends_on > last:
        text = f"対象期間は{fiscal_year_label(wanted.fiscal_year)}の中（{to_wareki(first)}〜{to_wareki(last)}）にしてください。"
        yield RoundRefused("starts_on", text)
    if not first <= wanted.pay_on <= last_pay_day:
        text = f"支給日は{to_wareki(first)}から{to_wareki(last_pay_day)}までの日にしてください。"
        yield RoundRefused("pay_on", text)
    if wanted.starts_on <= wanted.pay_on <= wanted.ends_on:
        yield RoundRefused("pay_on", "支給日は対象期間の外の日にしてください（期間の後が普通です）。")


def _against(wanted: PaymentRound, others: Sequence[PaymentRound]) -> Iterator[RoundRefused]:
    for other in others:
        if other.pay_on == wanted.pay_on:
            yield RoundRefused("pay_on", f"この支給日は「{other.title}」の支給日と同じです。別の日にしてください。")
        if other.starts_on <= wanted.ends_on and wanted.starts_on <= other.ends_on:
            text = (
                f"対象期間が「{other.title}」（{to_wareki(other.starts_on)}〜{to_wareki(other.ends_on)}）と重なっています。"
                "経費がどちらの回のものか決まるよう、重ならない期間にしてください。"
            )
            yield RoundRefused("starts_on", text)
