"""The other side of a watched folder, worked through when asked."""

from __future__ import annotations

from pathlib import Path

from integrations.atena_adapters.config import FolderTransport
from integrations.atena_adapters.simulator.names import NamePattern, name_for
from integrations.atena_adapters.transports.dropping import drop_file
from tests.integrations.atena_adapters.counterpart.office import Office


def work_through(place: Path, office: Office) -> None:
    """Take every request, leave its receipt and its answer."""
    transport = office.config.transport
    assert isinstance(transport, FolderTransport)
    pattern = NamePattern(transport.request_name, transport.names)
    for path in sorted((place / transport.request_folder).iterdir()):
        address = pattern.read(path.name)
        if address is None:
            continue
        taken, receipt = office.take(address.kind.value, address.batch_id, path.read_bytes())
        name = name_for(transport.receipt_name, transport.names, address)
        drop_file(place / transport.receipt_folder / name, receipt, transport)
        answer = office.answer(address.kind.value, address.batch_id) if taken else None
        if answer is not None:
            name = name_for(transport.answer_name, transport.names, address)
            drop_file(place / transport.answer_folder / name, answer, transport)
