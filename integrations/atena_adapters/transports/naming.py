"""The names of request, receipt and answer files."""

from __future__ import annotations

import re
from collections.abc import Iterable

from integrations.atena_adapters.config.files import FileExchange
from integrations.atena_adapters.config.templates import fill
from integrations.atena_adapters.errors import CommunicationError
from integrations.atena_adapters.transports.base import Address

ERASING = ".erasing"
"""Behind the name of a file that was read and is about to go."""

_PART = re.compile(r"\{part[^}]*\}")


def request_name(config: FileExchange, address: Address) -> tuple[str, str]:
    """Place and name of the request file."""
    return config.request_folder, _name(config, config.request_name, address)


def receipt_name(config: FileExchange, address: Address) -> tuple[str, str]:
    """Place and name of the receipt file."""
    return config.receipt_folder, _name(config, config.receipt_name, address)


def answer_name(config: FileExchange, address: Address, part: int) -> tuple[str, str]:
    """Place and name of one answer file."""
    return config.answer_folder, _name(config, config.answer_name, address, part)


def answers_among(config: FileExchange, address: Address, names: Iterable[str]) -> tuple[list[int], bool]:
    """Of the names in the answer folder: the numbers of this batch's answers, in order, and whether one of them is being written."""
    pattern, found, begun = _answer_pattern(config, address), set[int](), False
    for name in names:
        if match := pattern.fullmatch(name):
            part = int(match["part"]) if config.several_answers else 1
            if answer_name(config, address, part)[1] == match["name"]:
                begun |= name.endswith(config.partial_suffix)
                found.add(part)
    return sorted(found), begun


def _answer_pattern(config: FileExchange, address: Address) -> re.Pattern[str]:
    """An answer's name and, behind it, the endings of completion files, of what is being written and of what we are erasing."""
    word, hole = config.names.word(address.kind), "\0"
    name = fill(
        _PART.sub(hole, config.answer_name), kind=word, batch=address.batch_id, sequence=address.sequence,
        made_at=address.made_at,
    )  # fmt: skip
    endings = "|".join(map(re.escape, (config.marker_suffix, config.partial_suffix, ERASING)))
    return re.compile(f"(?P<name>{re.escape(name).replace(re.escape(hole), '(?P<part>[0-9]{1,9})')})(?:{endings})*")


def _name(config: FileExchange, template: str, address: Address, part: int = 1) -> str:
    word = config.names.word(address.kind)
    name = fill(
        template, kind=word, batch=address.batch_id, sequence=address.sequence, made_at=address.made_at, part=part
    )
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        # The configuration allows nothing else; whoever changes it must not open a way out of the place of exchange.
        raise CommunicationError("ファイルの名前が正しくありません。連携設定を確かめてください。")
    return name
