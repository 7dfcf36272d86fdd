"""The other side of a watched folder, worked through when asked."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from pathlib import Path

from integrations.atena_adapters.config import FolderTransport
from integrations.atena_adapters.config.templates import JAPAN
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports import naming
from integrations.atena_adapters.transports.base import Address
from integrations.atena_adapters.transports.dropping import drop_file
from tests.integrations.atena_adapters.counterpart.office import Office

_WIDTHS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "f": 6}


def work_through(place: Path, office: Office) -> None:
    """Take every request, leave its receipt and its answer."""
    transport = office.config.transport
    assert isinstance(transport, FolderTransport)
    for path in sorted((place / transport.request_folder).iterdir()):
        address = _address(path.name, transport)
        if address is None:
            continue
        taken, receipt = office.take(address.kind.value, address.batch_id, path.read_bytes())
        drop_file(place.joinpath(*naming.receipt_name(transport, address)), receipt, transport)
        answer = office.answer(address.kind.value, address.batch_id) if taken else None
        if answer is not None:
            drop_file(place.joinpath(*naming.answer_name(transport, address, 1)), answer, transport)


def _address(name: str, transport: FolderTransport) -> Address | None:
    """The batch that a request file belongs to; None for completion files and foreign names."""
    kinds = {transport.names.word(kind): kind for kind in RequestKind}
    pattern, form = "", ""
    for literal, item, spec, _ in string.Formatter().parse(transport.request_name):
        pattern += re.escape(literal)
        if item == "made_at":
            form = spec or ""
            pattern += "(?P<made_at>" + re.sub("%(.)", lambda found: rf"\d{{{_WIDTHS[found[1]]}}}", form) + ")"
        elif item:
            pattern += {"kind": f"(?P<kind>{'|'.join(kinds)})", "batch": "(?P<batch>[A-Za-z0-9_-]+)"}[item]
    match = re.fullmatch(pattern, name)
    if match is None:
        return None
    made_at = datetime.strptime(match["made_at"], form).replace(tzinfo=JAPAN) if form else datetime.now(UTC)
    return Address(kinds[match["kind"]], match["batch"], 0, made_at)
