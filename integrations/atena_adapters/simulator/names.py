"""File names and paths back to the batch they belong to: the reverse of a name template."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime

from integrations.atena_adapters.config.templates import JAPAN, fill
from integrations.atena_adapters.config.transport import KindNames
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports.base import Address

_DIGITS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "f": 6}
_PATTERNS = {"batch": "[A-Za-z0-9][A-Za-z0-9_-]{0,39}", "sequence": r"\d+", "part": r"\d+"}


class NamePattern:
    """Recognises the names that one template makes."""

    def __init__(self, template: str, names: KindNames) -> None:
        self._kinds = {names.word(kind): kind for kind in RequestKind}
        self._formats: list[str] = []
        self._pattern = re.compile("".join(self._parts(template)))

    def read(self, name: str) -> Address | None:
        """The batch that a name belongs to, or None."""
        match = self._pattern.fullmatch(name)
        if match is None:
            return None
        found = match.groupdict()
        made_at = datetime(1970, 1, 1, tzinfo=UTC)
        if self._formats:
            made_at = datetime.strptime(found["made_at"], self._formats[0]).replace(tzinfo=JAPAN)
        kind = self._kinds[found["kind"]]
        return Address(kind, found.get("batch") or found["sequence"], int(found.get("sequence") or 0), made_at)

    def _parts(self, template: str) -> list[str]:
        return [
            re.escape(literal) + (self._field(name, spec or "") if name else "")
            for literal, name, spec, _ in string.Formatter().parse(template)
        ]

    def _field(self, name: str, spec: str) -> str:
        if name == "kind":
            return f"(?P<kind>{'|'.join(map(re.escape, self._kinds))})"
        if name == "made_at":
            self._formats.append(spec)
            return "(?P<made_at>" + re.sub(r"%(.)", lambda found: rf"\d{{{_DIGITS[found[1]]}}}", spec) + ")"
        return f"(?P<{name}>{_PATTERNS[name]})"


def name_for(template: str, names: KindNames, address: Address, part: int = 1) -> str:
    """The name that a template gives a batch."""
    return fill(
        template,
        kind=names.word(address.kind),
        batch=address.batch_id,
        sequence=address.sequence,
        made_at=address.made_at,
        part=part,
    )
