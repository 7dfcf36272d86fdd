"""The simulator's clerk with a medium, in this process: answers packages, and writes any package one asks for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.simulator.population import Person
from integrations.atena_adapters.simulator.profile import read
from integrations.atena_adapters.simulator.serving.medium import FROM, TO, MediumSide
from integrations.atena_adapters.simulator.serving.package import Keys, close
from tests.integrations.atena_adapters.simulator import counter as counters
from tests.integrations.atena_adapters.support import PEOPLE


class Carrier:
    """Takes what was written onto the medium to the other side, and brings back what that side wrote."""

    def __init__(self, config: AdapterConfig, place: Path, secret: str, people: Sequence[Person] = PEOPLE) -> None:
        profile = place / "profile.json"
        place.mkdir(parents=True, exist_ok=True)
        profile.write_text(config.model_dump_json())
        self.office = counters.office(str(profile), people=people)
        self._side = MediumSide(read(json.loads(profile.read_text())), self.office, place, secret, step=0.0)
        self._place = place
        self._keys = Keys.of(secret)

    def answer(self, packages: dict[str, bytes]) -> dict[str, bytes]:
        """What the other side wrote upon these packages."""
        before = {path.name for path in (self._place / FROM).glob("*.pkg")}
        for name, data in packages.items():
            (self._place / TO / name).write_bytes(data)
        self._side.look()
        return {path.name: path.read_bytes() for path in (self._place / FROM).glob("*.pkg") if path.name not in before}

    def write(self, batch: str, payload: bytes, *, sequence: int, tenant: str = "290009") -> dict[str, bytes]:
        """A package that claims to answer a batch of registrations."""
        manifest = {
            "tenant": tenant, "sender": "ATENA", "receiver": "SHOREI", "direction": FROM, "content": "answer",
            "kind": "registration", "batch": batch, "part": 1, "sequence": sequence, "previous": sequence - 1, "count": 0,
            "layout_version": "1.0", "made_at": datetime.now(UTC).isoformat(), "made_by": "ATENA", "approval": "",
        }  # fmt: skip
        return {f"{FROM}_{sequence:06d}.pkg": close(manifest, payload, self._keys)}
