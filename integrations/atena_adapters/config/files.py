"""How files travel: a watched folder, an SFTP server."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from integrations.atena_adapters.config.entries import Group, HostName, Settings, entry
from integrations.atena_adapters.config.templates import Ending, FileTemplate, Word
from integrations.atena_adapters.config.transport import KindNames

_KEY = re.compile("(?:ssh-|ecdsa-)[a-z0-9@.-]+ [A-Za-z0-9+/=]{40,1000}")


class FileExchange(Settings):
    """Names and places of request, receipt and answer files, wherever they lie."""

    request_folder: Word = entry(
        Group.COMMUNICATION, "依頼ファイルの置き場", "連携フォルダーの中の名前です。", "request"
    )
    receipt_folder: Word = entry(Group.COMMUNICATION, "受領通知の置き場", "連携フォルダーの中の名前です。", "receipt")
    answer_folder: Word = entry(Group.COMMUNICATION, "回答ファイルの置き場", "連携フォルダーの中の名前です。", "answer")
    request_name: FileTemplate = entry(
        Group.COMMUNICATION, "依頼ファイルの名前", "{kind} {batch} {sequence} {made_at:%Y%m%d%H%M%S} が使えます。",
        "{kind}_{batch}.csv",
    )  # fmt: skip
    receipt_name: FileTemplate = entry(
        Group.COMMUNICATION, "受領通知の名前", "依頼ファイルと同じ項目が使えます。", "{kind}_{batch}_receipt.csv"
    )
    answer_name: FileTemplate = entry(
        Group.COMMUNICATION, "回答ファイルの名前", "分かれて届くときは {part} に 1、2、… が入ります。",
        "{kind}_{batch}_answer_{part}.csv",
    )  # fmt: skip
    completion: Literal["rename", "marker"] = entry(
        Group.COMMUNICATION,
        "書き終わりの合図",
        "相手が読んでよいことを知らせる方法です。",
        "rename",
        words={"rename": "名前の変更", "marker": "完了ファイル(大きさとSHA-256を確かめる)"},
    )
    marker_suffix: Ending = entry(
        Group.COMMUNICATION, "完了ファイルの語尾", "書き終わりの合図が「完了ファイル」のときに使います。", ".end"
    )
    partial_suffix: Ending = entry(Group.COMMUNICATION, "書きかけの語尾", "この語尾のファイルは読みません。", ".tmp")
    check_wait_seconds: float = entry(
        Group.COMMUNICATION, "接続試験で受領通知を待つ秒数", "この時間に届かなければ注意とします。", 5.0, ge=0, le=600
    )
    names: KindNames = Field(default_factory=KindNames)

    @model_validator(mode="after")
    def _endings_differ(self) -> FileExchange:
        if self.marker_suffix == self.partial_suffix:
            raise ValueError("完了ファイルの語尾と書きかけの語尾は、違うものにしてください。")
        return self

    @property
    def several_answers(self) -> bool:
        """Whether answers may come in numbered parts."""
        return "{part" in self.answer_name


class FolderTransport(FileExchange):
    """Files in a watched folder: request out, receipt and answers in."""

    kind: Literal["folder"] = "folder"
    folder: str = entry(
        Group.COMMUNICATION,
        "連携フォルダー",
        "統合宛名側と共有するフォルダーの絶対パス。この団体の連携用の場所の中に限ります。",
        kind="path",
    )
    file_mode: Literal["600", "660"] = entry(
        Group.COMMUNICATION,
        "ファイルの許可",
        "置いたファイルを読める利用者です。",
        "600",
        words={"600": "本人のみ", "660": "同じグループまで"},
    )

    @field_validator("folder")
    @classmethod
    def _absolute(cls, path: str) -> str:
        if not path.startswith("/") or "\0" in path or ".." in path.split("/"):
            raise ValueError("連携フォルダーは / で始まり「..」を含まない絶対パスにしてください。")
        return path


class SftpTransport(FileExchange):
    """The same files on an SFTP server."""

    kind: Literal["sftp"] = "sftp"
    host: HostName = entry(Group.COMMUNICATION, "SFTPサーバー", "ホスト名です。この環境で許可された相手に限ります。")
    port: int = entry(Group.COMMUNICATION, "ポート", "ふつうは22です。", 22, ge=1, le=65_535)
    user: str = entry(
        Group.COMMUNICATION, "SFTPの利用者名", "統合宛名側が発行した名前です。", min_length=1, max_length=64
    )
    host_key: str = entry(
        Group.COMMUNICATION,
        "サーバーの公開鍵",
        "「ssh-ed25519 AAAA…」の形。統合宛名の担当から書面などで受け取ったものを書きます。違う鍵の相手には送りません。",
    )
    login: Literal["key", "password"] = entry(
        Group.COMMUNICATION,
        "SFTPの認証",
        "鍵は OpenSSH 形式の秘密鍵を登録します。",
        "key",
        words={"key": "鍵", "password": "パスワード"},
    )
    secret: str = entry(
        Group.COMMUNICATION, "認証情報の名前", "秘密の値そのものではなく、登録した名前です。", "sftp", kind="secret"
    )
    folder: str = entry(Group.COMMUNICATION, "サーバーの中の場所", "/ で始まるパスです。", "/")
    timeout_seconds: float = entry(
        Group.COMMUNICATION, "応答を待つ秒数", "1回の通信で待つ上限です(120秒まで)。", 60.0, gt=0, le=120
    )

    @field_validator("folder")
    @classmethod
    def _absolute(cls, path: str) -> str:
        if not path.startswith("/") or "\0" in path or ".." in path.split("/"):
            raise ValueError("サーバーの中の場所は / で始まり「..」を含まないパスにしてください。")
        return path

    @field_validator("host_key")
    @classmethod
    def _pinned(cls, key: str) -> str:
        words = " ".join(key.split()[:2])
        if not _KEY.fullmatch(words):
            raise ValueError("サーバーの公開鍵は「ssh-ed25519 AAAA…」の形で書いてください。")
        return words
