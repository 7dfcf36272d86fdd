"""How one prefecture's other side behaves: times, hours, rules of the network and faults.  One file per tenant, or options."""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from integrations.atena_adapters.simulator.clock import JAPAN
from integrations.atena_adapters.simulator.hours import TIMINGS, Hours

_SHARES = 10_000


@dataclass(frozen=True, slots=True)
class Conduct:
    """Seconds unless a name says otherwise.

    `release` None: held answers wait for a clerk.  `linkage_hours`: until a 符号 is there after the number was issued.
    `tax_copies_from`: month and day of the tax year from which municipalities have registered their copies (副本).
    `permit_until`: last day on which the permit list (照会許可照合リスト) allows a kind of information.
    `keep_days`: how long a batch with its answers is kept after it was taken, then it is deleted; 0 for ever.
    `suspended`: kinds whose inquiry is stopped by notice, and lists (`incoming`, `records`) that are refused.
    `shares`: behaviour to the part (0 to 1) of people who show it.
    """

    seed: int = 1
    answer: float = 0.3
    late: float = 1.5
    release: float | None = None
    timing: str = "delay"
    linkage_hours: float = 0.0
    token_seconds: float = 300.0
    skew_seconds: float = 0.0
    keep_days: float = 0.0
    tax_copies_from: str = ""
    permit_until: Mapping[str, date] = field(default_factory=dict)
    suspended: frozenset[str] = frozenset()
    shares: Mapping[str, float] = field(default_factory=dict)
    hours: Hours = field(default_factory=Hours)
    faults: tuple[str, ...] = ()

    def shows(self, behaviour: str, person: str) -> bool:
        """Whether the seed makes a person (keyed hash) show a behaviour: always the same people for the same seed."""
        share = self.shares.get(behaviour, 0.0)
        if not share:
            return False
        drawn = hashlib.sha256(f"{self.seed}/{behaviour}/{person}".encode()).digest()
        return int.from_bytes(drawn[:4]) % _SHARES < share * _SHARES


def conduct_of(options: argparse.Namespace) -> Conduct:
    """From the file of the tenant, then from the options given."""
    path: Path | None = options.conduct
    found = read_conduct(path) if path else Conduct()
    named = {"answer": options.delay, "late": options.late, "release": options.release, "timing": options.timing}
    named |= {"linkage_hours": options.linkage_hours, "token_seconds": options.token_seconds}
    named |= {"skew_seconds": options.skew}
    given = {name: value for name, value in named.items() if value is not None}
    return replace(found, **given, faults=(*found.faults, *options.fault))


def read_conduct(path: Path) -> Conduct:
    """A TOML or JSON file whose keys are the names above; `hours`, `days_off` and `stops` stand beside them."""
    text = path.read_text(encoding="utf-8")
    values: dict[str, Any] = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    if (timing := values.get("timing", "delay")) not in TIMINGS:
        raise ValueError(f"timing: {timing}")
    hours = _hours(values.pop("hours", ""), bool(values.pop("days_off", False)), values.pop("stops", ()))
    until = {kind: date.fromisoformat(str(day)) for kind, day in values.pop("permit_until", {}).items()}
    suspended, faults = frozenset(values.pop("suspended", ())), tuple(values.pop("faults", ()))
    return Conduct(**values, suspended=suspended, faults=faults, permit_until=until, hours=hours)


def _hours(text: str, days_off: bool, stops: Any) -> Hours:
    opens, _, closes = text.partition("-")
    periods = tuple((_moment(begin), _moment(end)) for begin, end in stops)
    if not text:
        return Hours(days_off=days_off, stops=periods)
    return Hours(time.fromisoformat(opens), time.fromisoformat(closes), days_off, periods)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=JAPAN)
