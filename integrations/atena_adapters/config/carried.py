"""Links that people carry: a medium that goes by hand, and a terminal that is keyed by hand."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from integrations.atena_adapters.config.entries import Group, Settings, entry
from integrations.atena_adapters.config.transport import KindNames

_PARTY = re.compile("[A-Za-z0-9_-]{1,32}")


def _absolute(path: str) -> str:
    if not path.startswith("/") or "\0" in path or ".." in path.split("/"):
        raise ValueError("連携フォルダーは / で始まり「..」を含まない絶対パスにしてください。")
    return path


def _party(name: str) -> str:
    if not _PARTY.fullmatch(name):
        raise ValueError("半角英数字と「_」「-」で32文字までにしてください。")
    return name


Place = Annotated[str, AfterValidator(_absolute)]
Party = Annotated[str, AfterValidator(_party)]


class MediumTransport(Settings):
    """Sealed packages on a medium: an approval number, two people, a receipt for every file and a record of erasing."""

    kind: Literal["medium"] = "medium"
    folder: Place = entry(
        Group.COMMUNICATION,
        "連携フォルダー",
        "運ぶ前と後のファイルを置く場所。この団体の連携用の場所の中に限ります。",
        kind="path",
    )
    tenant: Party = entry(Group.COMMUNICATION, "団体コード", "ほかの団体のファイルを取り込まないための番号です。")
    own_name: Party = entry(Group.COMMUNICATION, "こちらの名前", "媒体のファイルの送り手の名前です。", "SHOREI")
    peer_name: Party = entry(Group.COMMUNICATION, "相手の名前", "媒体のファイルの受け手の名前です。", "ATENA")
    secret: str = entry(
        Group.COMMUNICATION,
        "共有の鍵の名前",
        "暗号化と改ざん検知の鍵(32バイトをBase64で書いたもの)を登録した名前です。",
        "medium",
        kind="secret",
    )
    names: KindNames = Field(default_factory=KindNames)


class TerminalTransport(Settings):
    """A work sheet that a clerk keys into the other side's terminal; two people enter what it showed."""

    kind: Literal["terminal"] = "terminal"
    folder: Place = entry(
        Group.COMMUNICATION,
        "連携フォルダー",
        "作業票と入力を封緘して置く場所。この団体の連携用の場所の中に限ります。",
        kind="path",
    )
    secret: str = entry(
        Group.COMMUNICATION,
        "封緘の鍵の名前",
        "作業票を封緘する鍵(32バイトをBase64で書いたもの)を登録した名前です。",
        "terminal",
        kind="secret",
    )
