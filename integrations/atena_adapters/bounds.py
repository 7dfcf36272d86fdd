"""What a deployment allows every configuration: where files may lie and which machines may be spoken to.

A configuration is written by one person on a page; these limits are set by those who run the machines.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from integrations.atena_adapters.config.transport import LOOPBACK
from integrations.atena_adapters.errors import ConfigurationInvalid


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits for one prefecture.

    `exchange_root` is the only folder below which files are exchanged (None: no exchange by folder), `allowed_hosts` the host names
    that requests and credentials may go to, `certificates` the folder of the certificates of 認証局 (None: only the usual ones).
    """

    exchange_root: Path | None = None
    allowed_hosts: frozenset[str] = frozenset(LOOPBACK)
    certificates: Path | None = None

    def place(self, folder: str) -> Path:
        """The real path of an exchange folder. Raises `ConfigurationInvalid` outside the root or behind a symbolic link."""
        if self.exchange_root is None:
            raise ConfigurationInvalid("この環境では、フォルダーによる連携の場所が決められていません。")
        root, given = self.exchange_root.resolve(), Path(folder)
        base = next((base for base in (self.exchange_root, root) if given.is_relative_to(base)), None)
        if base is None:
            raise ConfigurationInvalid(
                f"連携フォルダーは、この団体の連携用の場所({self.exchange_root})の中にしてください。"
            )
        place = root / given.relative_to(base)
        if place.resolve() != place:
            raise ConfigurationInvalid("連携フォルダーに「..」やシンボリックリンクは使えません。")
        return place

    def require_host(self, base_url: str) -> None:
        """Raises `ConfigurationInvalid` for a machine that the deployment does not name."""
        if urlsplit(base_url).hostname not in self.allowed_hosts:
            raise ConfigurationInvalid(
                "この接続先は、この環境で許可されていません。基盤の管理者に、接続を許可する相手として登録を依頼してください。"
            )

    def certificate(self, name: str) -> Path | None:
        """The file of a configured certificate; None for the usual ones."""
        if not name:
            return None
        if self.certificates is None:
            raise ConfigurationInvalid("この環境では、認証局証明書の置き場が決められていません。")
        return self.certificates / name
