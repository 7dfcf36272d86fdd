"""The names of request, receipt and answer files."""

from __future__ import annotations

from integrations.atena_adapters.config.files import FileExchange
from integrations.atena_adapters.config.templates import fill
from integrations.atena_adapters.errors import CommunicationError
from integrations.atena_adapters.transports.base import Address


def request_name(config: FileExchange, address: Address) -> tuple[str, str]:
    """Place and name of the request file."""
    return config.request_folder, _name(config, config.request_name, address)


def receipt_name(config: FileExchange, address: Address) -> tuple[str, str]:
    """Place and name of the receipt file."""
    return config.receipt_folder, _name(config, config.receipt_name, address)


def answer_name(config: FileExchange, address: Address, part: int) -> tuple[str, str]:
    """Place and name of one answer file."""
    return config.answer_folder, _name(config, config.answer_name, address, part)


def _name(config: FileExchange, template: str, address: Address, part: int = 1) -> str:
    word = config.names.word(address.kind)
    name = fill(
        template, kind=word, batch=address.batch_id, sequence=address.sequence, made_at=address.made_at, part=part
    )
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        # The configuration allows nothing else; whoever changes it must not open a way out of the place of exchange.
        raise CommunicationError("ファイルの名前が正しくありません。連携設定を確かめてください。")
    return name
