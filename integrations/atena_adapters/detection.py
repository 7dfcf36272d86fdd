"""Which single changed figure a layout cannot notice: no total watches over it.  Told in 接続試験 and in docs/adapters.md."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.atena_adapters.config import AdapterConfig, DatabaseTransport, FixedDialect, HttpTransport
from integrations.atena_adapters.config.carried import MediumTransport, TerminalTransport
from integrations.atena_adapters.config.files import FileExchange
from integrations.atena_adapters.config.fixed import detected_items
from integrations.atena_adapters.fields import Form, Message, specs

WATCHED = (Message.INQUIRY_ANSWER, Message.PROVISION)


@dataclass(frozen=True, slots=True)
class Detection:
    """What guards the figures of a link.

    `by_content`: totals within the file, which also catch a change made before it was sent; `on_the_way`: what guards the bytes from
    sender to receiver ("" for nothing); `unguarded`: titles of birth date and amounts that neither guards.
    """

    by_content: tuple[str, ...]
    on_the_way: str
    unguarded: tuple[str, ...]


def detection(config: AdapterConfig) -> Detection:
    """The guards of one configuration."""
    guarded, others = list[str](), list[str]()
    for message in WATCHED:
        caught = detected_items(config.dialect, message) if isinstance(config.dialect, FixedDialect) else frozenset()
        known = specs(message)
        for column in config.dialect.layouts.of(message):
            if column.field == "born" or (column.field and known[column.field].form is Form.AMOUNT):
                (guarded if column.field in caught else others).append(known[column.field].title)
    way = on_the_way(config)
    return Detection(tuple(guarded), way, () if way else tuple(others))


def on_the_way(config: AdapterConfig) -> str:
    """What guards the bytes between the two sides, in words."""
    transport = config.transport
    match transport:
        case MediumTransport():
            return "媒体ファイルのMACとSHA-256"
        case TerminalTransport():
            return "二人の入力の突き合わせ"
        case DatabaseTransport():
            return "データベースとの接続(TLSまたは同じ機械)"
        case HttpTransport(answer_by="url"):
            return "ダウンロードのSHA-256"
        case HttpTransport():
            return "HTTPSの接続"
        case FileExchange(completion="marker"):
            return "完了ファイルのSHA-256"
    return ""
