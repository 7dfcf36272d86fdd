"""義務と罰則の確認: the text as data (`duties.toml`), and whether a person has confirmed it within the year.

Source of the rule: 番号法ガイドライン 別添1 (事務取扱担当者の監督・教育); penalties of 番号法48–52条.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.actors import subject
from accounts.models import DutyAcknowledgement, User
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

VALID: Final = timedelta(days=365)
_FILE: Final = Path(__file__).with_name("duties.toml")
STANDINGS: Final = {"statute": "条文", "published": "公表資料による要約"}


@dataclass(frozen=True, slots=True)
class Duty:
    text: str
    law: str
    article: str
    standing: str

    @property
    def standing_label(self) -> str:
        return STANDINGS[self.standing]


@dataclass(frozen=True, slots=True)
class Penalty:
    """`years`: 拘禁刑, at most so many years; `yen`: 罰金, at most so many 円."""

    act: str
    law: str
    article: str
    years: int
    yen: int
    standing: str

    @property
    def standing_label(self) -> str:
        return STANDINGS[self.standing]


@dataclass(frozen=True, slots=True)
class Text:
    version: str
    intro: str
    duties: tuple[Duty, ...]
    penalties: tuple[Penalty, ...]
    digest: str


@lru_cache(maxsize=1)
def text() -> Text:
    """The shipped text; it belongs to the product, not to a prefecture."""
    raw = _FILE.read_bytes()
    data = tomllib.loads(raw.decode())
    return Text(
        data["version"],
        data["intro"],
        tuple(Duty(**row) for row in data["duty"]),
        tuple(Penalty(**row) for row in data["penalty"]),
        hashlib.sha256(raw).hexdigest(),
    )


def acknowledge(user: User) -> DutyAcknowledgement:
    """Keep that the person confirmed today's text."""
    with transaction.atomic():
        row = DutyAcknowledgement.objects.create(user=user, digest=text().digest, acknowledged_at=timezone.now())
        record(Event.ACCOUNT_DUTIES_ACKNOWLEDGED, subjects=[subject(user)], detail={"version": text().version})
    return row


def confirmed_until(user: User) -> datetime | None:
    """Until when the person's confirmation of today's text is good, or None when it is not (any more)."""
    newest = DutyAcknowledgement.objects.filter(user=user, digest=text().digest).first()
    until = newest.acknowledged_at + VALID if newest else None
    return until if until and until > timezone.now() else None
