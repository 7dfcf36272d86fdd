"""Every locked version against every advisory: what is affected, since when, and which version mends it."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from ops.security.advisories import rating
from ops.security.advisories.matching import RangeUnreadable, fixed_after, is_affected
from ops.security.advisories.reading import AdvisorySet, packages_of, read, time_of
from ops.security.findings import ROOT, Finding

TOOL = "advisories"
ASKED_EVERY = timedelta(days=7)
"""docs/operating-site.md: an older set is a finding of its own."""
LOCK = ROOT / "requirements.lock"
SAMPLES = Path(__file__).parents[1] / "samples" / "advisories"
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")


class CheckBroken(Exception):
    """`security.advisory-check-broken`: the check does not find what it must in the samples, or finds what it must not."""

    identifier = "security.advisory-check-broken"


@dataclass(frozen=True, slots=True)
class Locked:
    """One pinned version and its line."""

    name: str
    version: Version
    line: int


@dataclass(slots=True)
class Weakness:
    """One weakness of one locked version, under all the names that databases gave it."""

    locked: Locked
    names: set[str]
    ratings: set[str]
    published: datetime
    fixes: set[Version | None] = field(default_factory=set)
    is_unreadable: bool = False

    @property
    def name(self) -> str:
        """The one that an exception names: PyPA's own where there is one."""
        return min(self.names, key=lambda name: (not name.startswith("PYSEC-"), name))

    def join(self, other: Weakness) -> None:
        self.names |= other.names
        self.ratings |= other.ratings
        self.fixes |= other.fixes
        self.published = min(self.published, other.published)
        self.is_unreadable |= other.is_unreadable

    def as_finding(self, path: str, now: datetime) -> Finding:
        word = rating.worst(self.ratings)
        due = rating.mend_by(self.published.date(), word)
        level = "high" if word == "critical" else "medium" if word == "low" and now.date() > due else word
        known = [one for one in self.fixes if one is not None]
        fix = f"fixed in {max(known)}" if known else "no fixed version is told"
        text = f"{self.locked.name} {self.locked.version}: {fix}; {word}, to be mended by {due}"
        also = f" (also {', '.join(sorted(self.names - {self.name}))})" if len(self.names) > 1 else ""
        unsure = "; its range cannot be read, look yourself" if self.is_unreadable else ""
        return Finding(TOOL, self.name, level, path, self.locked.line, f"{text}{also}{unsure}")


def set_named() -> Path | None:
    """The folder or archive that `ADVISORIES` names; None when nobody carried one in."""
    named = os.environ.get("ADVISORIES", "").strip()
    return Path(named).resolve() if named else None


def checked(place: Path) -> tuple[list[Finding], str]:
    """The findings over the lock, and what was asked about how much. Raises AdvisoriesUnreadable, ToolUnavailable, CheckBroken."""
    now = datetime.now(UTC)
    carried = read(place, now)
    prove(SAMPLES / "json", now)
    if carried.has_yaml:
        prove(SAMPLES / "yaml", now)
    locked = locked_in(LOCK)
    found = [one.as_finding(LOCK.name, now) for one in weaknesses(locked, carried)]
    newest = f"up to {carried.newest:%Y-%m-%d} ({carried.origin})"
    seen = f"{len(carried.records):,} advisories {newest} over {len(locked)} versions"
    return [*too_old(carried, now), *found], seen


def too_old(carried: AdvisorySet, now: datetime) -> Iterator[Finding]:
    age = now - carried.newest
    if age > ASKED_EVERY:
        text = f"the newest advisory is of {carried.newest:%Y-%m-%d}, {age.days} days ago; {ASKED_EVERY.days} at most"
        yield Finding(TOOL, "set-too-old", "medium", LOCK.name, 0, text)


def locked_in(lock: Path) -> list[Locked]:
    """Every pinned version, also of other systems and Pythons than this one."""
    lines = enumerate(lock.read_text(encoding="utf-8").splitlines(), start=1)
    found = [(number, match) for number, line in lines if (match := _LOCKED.match(line))]
    return [Locked(canonicalize_name(match[1]), Version(match[2]), number) for number, match in found]


def weaknesses(locked: Iterable[Locked], carried: AdvisorySet) -> list[Weakness]:
    """One for each locked version and weakness: records that are aliases of one another are one."""
    told = _by_package(carried)
    return [one for each in locked for one in _joined(_matches(each, told.get(each.name, ())))]


def prove(folder: Path, now: datetime) -> None:
    """What the samples' own lock says after `finds:` is found, and nothing besides. Raises CheckBroken."""
    lock = folder / "requirements.txt"
    lines = lock.read_text(encoding="utf-8").splitlines()
    wanted = {(line, name) for line, text in enumerate(lines, start=1) for name in _expected(text)}
    found = {(one.locked.line, one.name) for one in weaknesses(locked_in(lock), read(folder, now))}
    if wanted != found or not wanted:
        raise CheckBroken(f"not found: {sorted(wanted - found)}, found by mistake: {sorted(found - wanted)}")


def _expected(line: str) -> list[str]:
    return line.partition("# finds:")[2].split()


def _by_package(carried: AdvisorySet) -> Mapping[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]]:
    told: dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = defaultdict(list)
    for record in carried.records:
        for affected in packages_of(record):
            told[canonicalize_name(affected["package"]["name"])].append((record, affected))
    return told


def _matches(locked: Locked, told: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Iterator[Weakness]:
    for record, affected in told:
        names = {record["id"], *(record.get("aliases") or ())}
        published = time_of(record.get("published") or record["modified"])
        one = Weakness(locked, names, {rating.rated(record)}, published)
        try:
            if not is_affected(locked.version, affected):
                continue
            one.fixes = {fixed_after(locked.version, affected)}
        except RangeUnreadable:
            one.is_unreadable = True
        yield one


def _joined(found: Iterable[Weakness]) -> list[Weakness]:
    joined: list[Weakness] = []
    for one in found:
        for same in [known for known in joined if known.names & one.names]:
            joined.remove(same)
            one.join(same)
        joined.append(one)
    return joined
