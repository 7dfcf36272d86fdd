"""Rows instead of files: a staging table that we fill and views that we read."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from integrations.atena_adapters.config.entries import Group, HostName, Settings, entry
from integrations.atena_adapters.config.transport import LOOPBACK, KindNames

_NAME = re.compile("[a-z_][a-z0-9_]{0,50}")


def sound_name(name: str) -> str:
    """A name that needs no quoting in SQL: small letters, digits and underscores."""
    if not _NAME.fullmatch(name):
        raise ValueError("表と列の名前は、半角英小文字・数字・下線で50文字までにしてください。")
    return name


SqlName = Annotated[str, AfterValidator(sound_name)]


class DatabaseTransport(Settings):
    """A PostgreSQL database of the other side, with a login of our own that sees nothing but these tables and views."""

    kind: Literal["database"] = "database"
    host: HostName = entry(
        Group.COMMUNICATION, "データベースサーバー", "ホスト名です。この環境で許可された相手に限ります。"
    )
    port: int = entry(Group.COMMUNICATION, "ポート", "PostgreSQLはふつう5432です。", 5432, ge=1, le=65_535)
    database: str = entry(Group.COMMUNICATION, "データベース名", "統合宛名側のデータベースの名前です。", min_length=1)
    user: str = entry(Group.COMMUNICATION, "データベースの利用者名", "この連携だけの利用者名です。", min_length=1)
    secret: str = entry(
        Group.COMMUNICATION, "認証情報の名前", "秘密の値そのものではなく、登録した名前です。", "database", kind="secret"
    )
    ca_file: str = entry(
        Group.COMMUNICATION, "認証局証明書", "証明書の置き場にあるPEMファイルの名前です。空なら標準の認証局。", ""
    )
    schema_name: SqlName = entry(Group.LAYOUT, "スキーマ名", "表とビューが置かれる場所です。", "renkei")
    request_table: SqlName = entry(Group.LAYOUT, "依頼の表", "後ろに「_依頼を表す語」が付きます。", "irai")
    control_table: SqlName = entry(
        Group.LAYOUT, "依頼の制御表", "行があることが、書き終わりの合図です。", "irai_seigyo"
    )
    receipt_view: SqlName = entry(Group.LAYOUT, "受領通知のビュー", "読むだけです。", "juryo")
    answer_view: SqlName = entry(Group.LAYOUT, "回答のビュー", "後ろに「_依頼を表す語」が付きます。", "kaito")
    answer_control_view: SqlName = entry(
        Group.LAYOUT, "回答の制御ビュー", "回答の区切りごとの件数が入ります。", "kaito_seigyo"
    )
    clock_function: SqlName = entry(Group.LAYOUT, "現在時刻の関数", "接続試験で時計の差を見ます。", "genzai")
    timeout_seconds: float = entry(
        Group.COMMUNICATION, "応答を待つ秒数", "1回の処理で待つ上限です(120秒まで)。", 30.0, gt=0, le=120
    )
    check_wait_seconds: float = entry(
        Group.COMMUNICATION, "接続試験で受領通知を待つ秒数", "この時間に届かなければ注意とします。", 5.0, ge=0, le=600
    )
    names: KindNames = Field(default_factory=KindNames)

    @field_validator("ca_file")
    @classmethod
    def _plain_file(cls, name: str) -> str:
        if name and not re.fullmatch("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}", name):
            raise ValueError("認証局証明書は、証明書の置き場にあるファイルの名前だけを書いてください。")
        return name

    @model_validator(mode="after")
    def _words_are_names(self) -> DatabaseTransport:
        for word in self.names.model_dump().values():
            sound_name(word)
        return self

    @property
    def same_machine(self) -> bool:
        """Whether the connection stays on this machine and may go without TLS."""
        return self.host in LOOPBACK
