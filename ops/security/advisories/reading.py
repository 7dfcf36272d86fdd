"""Reading a set of advisories: a folder or a zip archive of OSV records, in JSON or YAML, as PyPA and osv.dev give them out."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ops.security.findings import ROOT
from ops.security.tools import program

YAML_READER = Path(__file__).with_name("yaml_as_json.py")
MOST_BYTES = 5 * 1024 * 1024
"""Of one record; the longest of the public ones have some hundred kilobytes."""
TOMORROW = timedelta(days=1)
_COMMIT = re.compile(rb"[0-9a-f]{40}")


class AdvisoriesUnreadable(Exception):
    """`security.advisories-unreadable`: what was carried in is no set of advisories. Nothing was checked, so nothing passed."""

    identifier = "security.advisories-unreadable"


@dataclass(frozen=True, slots=True)
class AdvisorySet:
    """What was carried in: records about packages of PyPI, what was withdrawn left out."""

    records: list[Mapping[str, Any]]
    newest: datetime
    origin: str
    has_yaml: bool


def read(place: Path, now: datetime) -> AdvisorySet:
    """Raises AdvisoriesUnreadable, and ToolUnavailable when it is YAML and nothing reads that here."""
    told = dict(_files(place))
    yaml = {name: text for name, text in told.items() if not name.endswith(".json")}
    records = [_parsed(name, text) for name, text in told.items() if name.endswith(".json")]
    records += _parsed_yaml(yaml) if yaml else []
    about_pypi = [one for one in records if _is_advisory(one) and packages_of(one)]
    # A record dated in the future is a slip of the pen, and must not make an old set look new.
    dates = [date for one in about_pypi if (date := time_of(one["modified"])) <= now + TOMORROW]
    if not dates:
        raise AdvisoriesUnreadable(f"{place}: no advisory about a package of PyPI")
    standing = [one for one in about_pypi if not _is_withdrawn(one, now)]
    return AdvisorySet(standing, max(dates), _origin(place), bool(yaml))


def packages_of(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What of PyPI a record is about."""
    return [one for one in record.get("affected") or () if (one.get("package") or {}).get("ecosystem") == "PyPI"]


def time_of(text: str) -> datetime:
    """A time of a record, in UTC unless it says otherwise. Raises ValueError."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _files(place: Path) -> Iterator[tuple[str, str]]:
    try:
        yield from _of_archive(place) if place.is_file() else _of_folder(place)
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise AdvisoriesUnreadable(f"{place}: {error}") from error


def _of_folder(place: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if _is_wanted(name) and path.is_file():
            _refuse_huge(name, path.stat().st_size)
            yield name, path.read_text(encoding="utf-8")


def _of_archive(place: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(place) as archive:
        for entry in archive.infolist():
            if _is_wanted(entry.filename):
                _refuse_huge(entry.filename, entry.file_size)
                yield entry.filename, archive.read(entry).decode()


def _is_wanted(name: str) -> bool:
    is_hidden = any(part.startswith(".") for part in name.split("/"))
    return not is_hidden and name.endswith((".json", ".yaml", ".yml"))


def _refuse_huge(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise AdvisoriesUnreadable(f"{name}: {size:,} bytes")


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise AdvisoriesUnreadable(f"{name}: {error}") from error


def _parsed_yaml(texts: Mapping[str, str]) -> list[Any]:
    """By the reader in the tools' own environment: the product has no YAML."""
    command = [str(program("advisories", "python")), str(YAML_READER)]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise AdvisoriesUnreadable(done.stderr.strip()[-300:])
    parsed: list[Any] = json.loads(done.stdout)
    return parsed


def _is_advisory(value: Any) -> bool:
    """A checkout has other files too (lists for triage, say)."""
    return isinstance(value, dict) and {"id", "modified", "affected"} <= value.keys()


def _is_withdrawn(record: Mapping[str, Any], now: datetime) -> bool:
    return bool(record.get("withdrawn")) and time_of(record["withdrawn"]) <= now


def _origin(place: Path) -> str:
    """What tells this set from another: the commit of a checkout or of its `git archive`, else the digest of the file."""
    if place.is_file():
        comment = zipfile.ZipFile(place).comment
        if _COMMIT.fullmatch(comment):
            return f"commit {comment.decode()[:10]}"
        return f"SHA-256 {hashlib.sha256(place.read_bytes()).hexdigest()[:16]}"
    asked = ["git", "-C", str(place), "rev-parse", "--show-toplevel", "--short=10", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    top, _, commit = done.stdout.strip().partition("\n")
    return f"commit {commit}" if commit and Path(top) != ROOT else "a folder"
