"""The transports there are.  A new one adds a configuration model, a class and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from integrations.atena_adapters.bounds import Bounds
from integrations.atena_adapters.config import (
    AdapterConfig,
    DatabaseTransport,
    FolderTransport,
    HttpTransport,
    JsonDialect,
    MediumTransport,
    SftpTransport,
    TerminalTransport,
)
from integrations.atena_adapters.errors import ConfigurationInvalid
from integrations.atena_adapters.transports.base import Transport
from integrations.atena_adapters.transports.database import DatabaseLink
from integrations.atena_adapters.transports.folder import FolderLink
from integrations.atena_adapters.transports.http import HttpLink
from integrations.atena_adapters.transports.limited import LimitedTransport
from integrations.atena_adapters.transports.medium import MediumLink
from integrations.atena_adapters.transports.sftp import SftpLink
from integrations.atena_adapters.transports.terminal import TerminalLink


def build_transport(config: AdapterConfig, secrets: Mapping[str, SecretStr], bounds: Bounds) -> Transport:
    """The transport of a configuration within its hard limits of time.

    Raises `ConfigurationInvalid` outside the bounds and when its secret is not registered.
    """
    return LimitedTransport(_transport(config, secrets, bounds))


def _transport(config: AdapterConfig, secrets: Mapping[str, SecretStr], bounds: Bounds) -> Transport:
    match config.transport:
        case FolderTransport() as folder:
            return FolderLink(folder, bounds.place(folder.folder))
        case SftpTransport() as sftp:
            bounds.require_host(f"//{sftp.host}")
            return SftpLink(sftp, _secret(secrets, sftp.secret))
        case DatabaseTransport() as database if isinstance(config.dialect, JsonDialect):
            bounds.require_host(f"//{database.host}")
            certificate = bounds.certificate(database.ca_file)
            return DatabaseLink(database, config.dialect, _secret(secrets, database.secret), certificate=certificate)
        case MediumTransport() as medium:
            place = bounds.place(medium.folder)
            return MediumLink(medium, place, _secret(secrets, medium.secret), config.workflow.layout_version)
        case TerminalTransport() as terminal if isinstance(config.dialect, JsonDialect):
            return TerminalLink(
                terminal, config.dialect, bounds.place(terminal.folder), _secret(secrets, terminal.secret)
            )
        case HttpTransport() as http:
            return _http(http, secrets, bounds)
    raise ConfigurationInvalid("この接続の方法では送受信できません。")


def _http(config: HttpTransport, secrets: Mapping[str, SecretStr], bounds: Bounds) -> HttpLink:
    bounds.require_host(config.base_url)
    for host in config.allowed_downloads:
        bounds.require_host(f"//{host}")
    certificate = bounds.certificate(config.ca_file)
    secret = None if config.auth == "none" else _secret(secrets, config.auth_secret)
    return HttpLink(config, secret, certificate=certificate)


def _secret(secrets: Mapping[str, SecretStr], name: str) -> SecretStr:
    secret = secrets.get(name)
    if secret is None or not secret.get_secret_value():
        raise ConfigurationInvalid(f"認証情報「{name}」が登録されていません。")
    return secret
