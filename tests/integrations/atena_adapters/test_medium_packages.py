"""Of the packages that lie at the medium's desk only those of the asked batch are opened: not the square of the work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from integrations.atena_adapters.config import MediumTransport
from integrations.atena_adapters.registry import preset
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports import medium
from integrations.atena_adapters.transports.base import Address
from integrations.atena_adapters.transports.medium_package import (
    Manifest,
    MediumKeys,
    PackageRefused,
    medium_keys,
    pack,
    payload_digest,
    unpack,
)
from tests.integrations.atena_adapters.simulator.played import SECRET

BATCHES = ("b1", "b2", "b10")


@pytest.fixture
def link(tmp_path: Path) -> medium.MediumLink:
    config = preset("medium").transport
    assert isinstance(config, MediumTransport)
    (tmp_path / medium.ARRIVED).mkdir()
    empty = Manifest("0", "", "", "", "answer", "", "", 1, 0, 0, 0, "", "", "", "", "")
    for number, batch in enumerate(BATCHES):
        for kind in (RequestKind.REGISTRATION, RequestKind.INQUIRY):
            payload = f"{kind.value} {batch}".encode()
            manifest = replace(
                empty,
                kind=config.names.word(kind),
                batch=batch,
                digest=payload_digest(payload, medium_keys(SecretStr(SECRET))),
            )
            path = tmp_path / medium.ARRIVED / f"{number}{kind.value}.pkg"
            path.write_bytes(pack(manifest, payload, medium_keys(SecretStr(SECRET))))
    return medium.MediumLink(config, tmp_path, SecretStr(SECRET), "1")


def _address(batch: str) -> Address:
    return Address(RequestKind.INQUIRY, batch, 1, datetime(2026, 6, 1, tzinfo=UTC))


def test_only_the_packages_of_the_batch_are_opened(link: medium.MediumLink, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []

    def counted(package: bytes, keys: MediumKeys) -> tuple[Manifest, bytes]:
        opened.append(1)
        return unpack(package, keys)

    monkeypatch.setattr(medium, "unpack", counted)
    for batch in BATCHES:
        assert list(link.fetch_answers(_address(batch))) == [f"inquiry {batch}".encode()]
    assert len(opened) == len(BATCHES)


def test_a_package_that_says_it_is_of_the_batch_must_prove_it(link: medium.MediumLink, tmp_path: Path) -> None:
    path = tmp_path / medium.ARRIVED / "1inquiry.pkg"
    path.write_bytes(path.read_bytes().replace(b'"batch":"b2"', b'"batch":"b1"'))
    with pytest.raises(PackageRefused):
        link.fetch_answers(_address("b1"))
