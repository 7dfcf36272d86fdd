"""What the other side does between a look and the erasing: one more answer, or another one under the same name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from psycopg import sql
from pydantic import SecretStr

from integrations.atena_adapters.adapter import _address
from integrations.atena_adapters.config.files import FileExchange
from integrations.atena_adapters.port import SubmissionReceipt
from integrations.atena_adapters.transports import naming
from integrations.atena_adapters.transports.base import Address
from integrations.atena_adapters.transports.dropping import marker_text
from integrations.atena_adapters.transports.medium import ARRIVED
from integrations.atena_adapters.transports.medium_package import medium_keys, pack, payload_digest, unpack
from tests.integrations.atena_adapters.simulator.played import SECRET, Played

Act = Callable[[Played, SubmissionReceipt], None]


def acts(link: Played) -> list[Act]:
    """One more and another, as far as the way has a place of exchange where either can happen."""
    found: dict[str, list[Act]] = {
        "folder": [_another_file, _one_more_file],
        "sftp": [_another_file, _one_more_file],
        "database": [_other_rows, _rows_announced],
        "medium": [_one_more_package],
    }
    return found.get(link.config.transport.kind, [])


def _file(link: Played, address: Address, part: int) -> Path:
    config = link.config.transport
    assert isinstance(config, FileExchange)
    served = Path(link.facts["folder"]) / ("shorei" if config.kind == "sftp" else "")
    return served.joinpath(*naming.answer_name(config, address, part))


def _written(link: Played, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    config: Any = link.config.transport
    if config.completion == "marker":
        path.with_name(path.name + config.marker_suffix).write_text(marker_text(content))


def _another_file(link: Played, receipt: SubmissionReceipt) -> None:
    path = _file(link, _address(receipt), 1)
    _written(link, path, path.read_bytes() + b"\n")


def _one_more_file(link: Played, receipt: SubmissionReceipt) -> None:
    """Behind a part that never came, where there are parts."""
    path = _file(link, _address(receipt), 3)
    _written(link, path, (path.read_bytes() if path.exists() else b"") + b"more")


def _session(link: Played) -> Any:
    return link.extra["server"].connect(link.extra["name"])


def _other_rows(link: Played, receipt: SubmissionReceipt) -> None:
    table = sql.Identifier("renkei", f"kaito_{receipt.kind.value}_moto")
    with _session(link) as there:
        there.execute(sql.SQL("UPDATE {} SET riyu = 'x' WHERE renkei_id = %s").format(table), [receipt.batch_id])


def _rows_announced(link: Played, receipt: SubmissionReceipt) -> None:
    with _session(link) as there:
        there.execute(
            "INSERT INTO renkei.kaito_seigyo_moto (renkei_id, shurui, bunkatsu, kensu) VALUES (%s, %s, 3, 0)",
            [receipt.batch_id, receipt.kind.value],
        )


def _one_more_package(link: Played, receipt: SubmissionReceipt) -> None:
    keys, place = medium_keys(SecretStr(SECRET)), link.place / "place" / ARRIVED
    for path in sorted(place.glob("*.pkg")):
        manifest, payload = unpack(path.read_bytes(), keys)
        if (manifest.batch, manifest.content) == (receipt.batch_id, "answer"):
            other = payload + b" "
            more = replace(manifest, sequence=manifest.sequence + 500_000, digest=payload_digest(other, keys))
            (place / f"from_atena_{more.sequence:06d}.pkg").write_bytes(pack(more, other, keys))
            return
    raise AssertionError("no answer to add to")
