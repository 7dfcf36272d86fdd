"""The other side of what people carry: reads packages and writes packages, and a terminal that shows answers."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from integrations.atena_adapters.config import AdapterConfig, JsonDialect, MediumTransport, TerminalTransport
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports.base import Address
from integrations.atena_adapters.transports.medium_desk import MediumDesk
from integrations.atena_adapters.transports.medium_package import Manifest, medium_keys, pack, unpack
from integrations.atena_adapters.transports.terminal import TerminalLink
from tests.integrations.atena_adapters.counterpart.office import Office

SECRET = base64.b64encode(b"sample-key-of-exactly-32-bytes!!").decode()


@dataclass
class MediumSide:
    """The medium, and the office behind it.  `back` is the number of the last package that it wrote."""

    desk: MediumDesk
    office: Office
    medium: dict[str, bytes] = field(default_factory=dict)
    back: int = 0

    def work(self) -> None:
        """A whole journey: out with two people, worked through, and back with two people."""
        out = self.desk.release(approval="R8-0001", who="担当", witness="立会")
        self.medium |= out
        came = self.answer(out)
        self.medium |= came
        assert all(one.accepted for one in self.desk.take_in(came, who="担当", witness="立会"))

    def answer(self, packages: dict[str, bytes]) -> dict[str, bytes]:
        """Receipt and answer for every request, as packages of the other side."""
        keys, written = medium_keys(SecretStr(SECRET)), dict[str, bytes]()
        for name in sorted(packages):
            manifest, payload = unpack(packages[name], keys)
            taken, receipt = self.office.take(manifest.kind, manifest.batch, payload)
            answer = self.office.answer(manifest.kind, manifest.batch) if taken else None
            for content, part, body in (("receipt", 0, receipt), ("answer", 1, answer)):
                if body is not None:
                    written |= self.write(manifest, content, part, body)
        return written

    def write(self, request: Manifest, content: str, part: int, body: bytes, **other: str | int) -> dict[str, bytes]:
        """One package of the other side."""
        self.back += 1
        values: dict[str, str | int] = {
            "tenant": request.tenant, "sender": request.receiver, "receiver": request.sender, "direction": "from_atena",
            "content": content, "kind": request.kind, "batch": request.batch, "part": part, "sequence": self.back,
            "previous": self.back - 1, "count": 0, "layout_version": "1.0", "made_at": datetime.now(UTC).isoformat(), "made_by": "",
            "approval": "", "sha256": hashlib.sha256(body).hexdigest(),
        }  # fmt: skip
        manifest = Manifest(**(values | other))  # type: ignore[arg-type]
        return {f"from_atena_{manifest.sequence:06d}.pkg": pack(manifest, body, medium_keys(SecretStr(SECRET)))}


@contextmanager
def medium_side(config: AdapterConfig, office: Office, place: Path) -> Iterator[MediumSide]:
    """A medium to carry."""
    assert isinstance(config.transport, MediumTransport)
    yield MediumSide(MediumDesk(config.transport, place, SecretStr(SECRET)), office)


@dataclass
class TerminalSide:
    """The terminal, and two people who key what is on the sheets."""

    desk: TerminalLink
    office: Office
    place: Path

    def work(self) -> None:
        """Key every open sheet and enter what the terminal showed, twice."""
        for path in sorted(self.place.glob("*.sheet")):
            kind, _, batch = path.stem.partition("_")
            address = Address(RequestKind(kind), batch, 0, datetime.now(UTC))
            if self.desk.fetch_answers(address):
                continue
            lines = self.shown(address)
            if lines is not None:
                assert self.desk.enter(address, lines, by="一人目", evidence="写し1") == []
                assert self.desk.enter(address, lines, by="二人目", evidence="写し1") == []

    def shown(self, address: Address) -> list[dict[str, str | None]] | None:
        """What the terminal shows for a sheet; lines it does not take are shown as refused."""
        dialect = self.office.config.dialect
        assert isinstance(dialect, JsonDialect)
        sheet = self.desk.sheet(address)
        document = {"renkei_id": sheet.batch_id, "kensu": len(sheet.lines), "meisai": list(sheet.lines)}
        taken, _ = self.office.take(sheet.kind, sheet.batch_id, json.dumps(document).encode())
        answer = self.office.answer(sheet.kind, sheet.batch_id)
        if not taken or answer is None:
            return None
        lines: list[dict[str, str | None]] = json.loads(answer)["meisai"]
        refused = {"inquiry": "40"}.get(sheet.kind, "90")
        key = next(title for title in sheet.answer_columns if title in ("meisaiBango", "atenaBango"))
        for line_id, reason in self.office.taken[sheet.kind, sheet.batch_id][2].items():
            lines.append({key: line_id, "kekka": refused, "riyu": reason})
        return lines


@contextmanager
def terminal_side(config: AdapterConfig, office: Office, place: Path) -> Iterator[TerminalSide]:
    """A terminal to key at."""
    assert isinstance(config.transport, TerminalTransport)
    assert isinstance(config.dialect, JsonDialect)
    yield TerminalSide(TerminalLink(config.transport, config.dialect, place, SecretStr(SECRET)), office, place)
