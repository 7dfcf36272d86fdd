"""The pointer to an answer that lies elsewhere (共通機能標準仕様書 §2.4.2: a URL to download from, fetched directly)."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from integrations.atena_adapters.config import HttpTransport
from integrations.atena_adapters.config.transport import LOOPBACK
from integrations.atena_adapters.errors import AnswerUnreadable, CommunicationError


def read_pointer(payload: bytes, config: HttpTransport) -> tuple[str, str]:
    """URL and SHA-256 ("" when not told).  A URL outside the configured machines is never opened."""
    try:
        told = json.loads(payload)
        url, digest = told["url"], told.get("sha256") or ""
        parts = urlsplit(url)
        host = parts.hostname or ""
    except (ValueError, KeyError, TypeError, AttributeError):
        raise AnswerUnreadable(
            "回答のURLを読めません。回答の渡し方の設定を確かめてください。", payload=payload
        ) from None
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if host not in config.allowed_downloads or not safe or parts.username or parts.password:
        raise CommunicationError(
            "許可していない相手のURLが回答として届きました。開いていません。相手の担当に確かめ、ダウンロードを許す相手を見直してください。"
        )
    return str(url), str(digest).lower()
