"""How bytes travel."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from integrations.atena_adapters.config.entries import Group, Settings, entry
from integrations.atena_adapters.config.templates import NameTemplate, Word, sound_path
from integrations.atena_adapters.requests import RequestKind

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_FILE_NAME = re.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")
_HEADER = re.compile("[A-Za-z][A-Za-z0-9-]{0,63}")


class KindNames(Settings):
    """The word for each kind of request in file names and paths."""

    registration: Word = entry(
        Group.LAYOUT, "付番依頼を表す語", "ファイル名・URLの {kind} に入る語です。", "registration"
    )
    linkage: Word = entry(Group.LAYOUT, "符号確認を表す語", "ファイル名・URLの {kind} に入る語です。", "linkage")
    inquiry: Word = entry(Group.LAYOUT, "情報照会を表す語", "ファイル名・URLの {kind} に入る語です。", "inquiry")
    update: Word = entry(Group.LAYOUT, "異動を表す語", "ファイル名・URLの {kind} に入る語です。", "update")
    withdrawal: Word = entry(Group.LAYOUT, "廃止を表す語", "ファイル名・URLの {kind} に入る語です。", "withdrawal")
    provision: Word = entry(Group.LAYOUT, "副本登録を表す語", "ファイル名・URLの {kind} に入る語です。", "provision")
    listing: Word = entry(
        Group.LAYOUT, "保留の照会・記録の受領を表す語", "ファイル名・URLの {kind} に入る語です。", "listing"
    )
    release: Word = entry(Group.LAYOUT, "照会への回答を表す語", "ファイル名・URLの {kind} に入る語です。", "release")

    def word(self, kind: RequestKind) -> str:
        """The configured word for a kind."""
        word: str = getattr(self, kind.value)
        return word

    @model_validator(mode="after")
    def _distinct(self) -> KindNames:
        if len({self.word(kind) for kind in RequestKind}) < len(RequestKind):
            raise ValueError("依頼の種類を表す語は、互いに違う語にしてください。")
        return self


class HttpTransport(Settings):
    """Request and later poll over HTTP."""

    kind: Literal["http"] = "http"
    base_url: str = entry(
        Group.COMMUNICATION, "接続先", "統合宛名側のURL。https:// で始めます(同じ機械の中だけ http:// 可)。"
    )
    submit_path: NameTemplate = entry(
        Group.COMMUNICATION, "送信先の経路", "{kind} と {batch} が入ります。", "/{kind}/{batch}"
    )
    answer_path: NameTemplate = entry(
        Group.COMMUNICATION, "回答の経路", "後から回答を取りに行く経路です。", "/{kind}/{batch}/answer"
    )
    health_path: str = entry(Group.COMMUNICATION, "稼働確認の経路", "稼働中なら200を返す経路です。", "/health")
    auth: Literal["none", "bearer", "header", "oauth2"] = entry(
        Group.COMMUNICATION,
        "認証方式",
        "接続先が求める認証のしかたです。",
        "bearer",
        words={
            "none": "なし",
            "bearer": "トークン(Bearer)",
            "header": "独自のヘッダー",
            "oauth2": "OAuth2(client_secret_jwt)",
        },
    )
    auth_header: str = entry(
        Group.COMMUNICATION, "認証ヘッダー名", "認証方式が「独自のヘッダー」のときに使います。", "X-Api-Key"
    )
    auth_secret: str = entry(
        Group.COMMUNICATION, "認証情報の名前", "秘密の値そのものではなく、登録した名前です。", "token", kind="secret"
    )
    token_path: str = entry(
        Group.COMMUNICATION, "トークンの経路", "認証方式がOAuth2のときに、トークンを受け取る経路です。", "/oauth2/token"
    )
    token_audience: str = entry(
        Group.COMMUNICATION, "トークン要求の宛先(aud)", "空なら、接続先とトークンの経路をつないだURLです。", ""
    )
    client_id: str = entry(Group.COMMUNICATION, "クライアントID", "認証方式がOAuth2のときに使います。", "")
    scope: str = entry(
        Group.COMMUNICATION, "スコープ", "「業務システムID:APIコール名:操作」を空白で区切って書きます。", ""
    )
    answer_by: Literal["body", "url"] = entry(
        Group.COMMUNICATION,
        "回答の渡し方",
        "「URL」では、回答の経路がダウンロード用のURLを返し、そこから直接受け取ります。",
        "body",
        words={"body": "応答の本文", "url": "ダウンロード用のURL"},
    )
    download_hosts: str = entry(
        Group.COMMUNICATION,
        "ダウンロードを許す相手",
        "ホスト名を「,」で区切って書きます。ほかの相手のURLは受け取っても開きません。",
        "",
    )
    ca_file: str = entry(
        Group.COMMUNICATION,
        "認証局証明書",
        "LGWANなど独自の認証局のときのPEMファイルの名前。証明書の置き場に管理者が置きます。空なら標準。",
        "",
    )
    timeout_seconds: float = entry(
        Group.COMMUNICATION, "応答を待つ秒数", "1回の通信で待つ上限です(120秒まで)。", 30.0, gt=0, le=120
    )
    attempts: int = entry(Group.COMMUNICATION, "試みる回数", "混雑・停止・時間切れのときの上限です。", 4, ge=1, le=10)
    pause_seconds: float = entry(
        Group.COMMUNICATION,
        "再試行までの秒数",
        "相手の指定(Retry-After)がないとき、回数ごとに倍にします。",
        1.0,
        ge=0,
        le=60,
    )
    names: KindNames = Field(default_factory=KindNames)

    @field_validator("health_path", "token_path")
    @classmethod
    def _on_this_server(cls, path: str) -> str:
        return sound_path(path)

    @field_validator("ca_file")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if name and not _FILE_NAME.fullmatch(name):
            raise ValueError("認証局証明書は、証明書の置き場にあるファイルの名前だけを書いてください。")
        return name

    @model_validator(mode="after")
    def _complete(self) -> HttpTransport:
        if self.auth == "oauth2" and not self.client_id:
            raise ValueError("認証方式がOAuth2のときは、クライアントIDが必要です。")
        if self.answer_by == "url" and not self.allowed_downloads:
            raise ValueError("回答をURLで受け取るときは、ダウンロードを許す相手が必要です。")
        return self

    @property
    def allowed_downloads(self) -> frozenset[str]:
        """Host names that answers may be fetched from."""
        return frozenset(host.strip().lower() for host in self.download_hosts.split(",") if host.strip())

    @field_validator("auth_header")
    @classmethod
    def _header_name(cls, name: str) -> str:
        if not _HEADER.fullmatch(name):
            raise ValueError("認証ヘッダー名は、半角英数字と「-」で64文字までにしてください。")
        return name

    @field_validator("base_url")
    @classmethod
    def _safe_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("接続先に利用者名・パスワード・「?」「#」を含めることはできません。")
        if parts.scheme == "https" and parts.hostname:
            return url.rstrip("/")
        if parts.scheme == "http" and parts.hostname in LOOPBACK:
            return url.rstrip("/")
        raise ValueError("接続先は https:// で始まるURLにしてください。")


class RetiredTransport(Settings):
    """A link that is no longer used: kept answers are read with this dialect, nothing is sent."""

    kind: Literal["retired"] = "retired"


class NoTransport(Settings):
    """No link: development only."""

    kind: Literal["none"] = "none"
