"""Names and paths: from a template of the preset, and back to the batch they belong to."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime

from integrations.atena_adapters.simulator.clock import JAPAN
from integrations.atena_adapters.simulator.items import Kind
from integrations.atena_adapters.simulator.office import Address
from integrations.atena_adapters.simulator.profile import Profile

_LENGTHS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "f": 6}
_FIELDS = {"batch": "[A-Za-z0-9][A-Za-z0-9_-]{0,39}", "sequence": r"\d{1,9}", "part": r"\d{1,9}"}


def name_for(profile: Profile, template: str, address: Address, part: int = 1) -> str:
    """The name that a template gives a batch."""
    return template.format(
        kind=profile.word(address.kind),
        batch=address.batch_id,
        sequence=address.sequence,
        made_at=address.made_at.astimezone(JAPAN),
        part=part,
    )


class Pattern:
    """Recognises the names that one template makes."""

    def __init__(self, profile: Profile, template: str) -> None:
        self._profile = profile
        self._moment = ""
        self._pattern = re.compile("".join(self._pieces(template)))

    def read(self, name: str) -> Address | None:
        """The batch that a name belongs to, or None."""
        match = self._pattern.fullmatch(name)
        if match is None:
            return None
        found = match.groupdict()
        kind = self._profile.kind_of(found["kind"])
        made_at = datetime(1970, 1, 1, tzinfo=UTC)
        if self._moment:
            try:
                made_at = datetime.strptime(found["made_at"], self._moment).replace(tzinfo=JAPAN)
            except ValueError:
                return None
        batch = found.get("batch") or found.get("sequence") or ""
        return Address(kind, batch, int(found.get("sequence") or 0), made_at) if kind else None

    def _pieces(self, template: str) -> list[str]:
        return [
            re.escape(text) + (self._piece(name, spec or "") if name else "")
            for text, name, spec, _ in string.Formatter().parse(template)
        ]

    def _piece(self, name: str, spec: str) -> str:
        if name == "kind":
            words = sorted({self._profile.word(kind) for kind in Kind}, key=len, reverse=True)
            return f"(?P<kind>{'|'.join(map(re.escape, words))})"
        if name == "made_at":
            self._moment = spec
            return "(?P<made_at>" + re.sub("%(.)", lambda at: rf"\d{{{_LENGTHS[at[1]]}}}", spec) + ")"
        return f"(?P<{name}>{_FIELDS[name]})"
