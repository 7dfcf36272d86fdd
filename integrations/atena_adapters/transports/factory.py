"""The transports there are.  A new one adds a configuration model, a class and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from integrations.atena_adapters.bounds import Bounds
from integrations.atena_adapters.config import FolderTransport, HttpTransport
from integrations.atena_adapters.errors import ConfigurationInvalid
from integrations.atena_adapters.transports.base import Transport
from integrations.atena_adapters.transports.folder import FolderLink
from integrations.atena_adapters.transports.http import HttpLink


def build_transport(
    config: HttpTransport | FolderTransport, secrets: Mapping[str, SecretStr], bounds: Bounds
) -> Transport:
    """The transport for a configuration; raises `ConfigurationInvalid` outside the bounds and when its secret is not registered."""
    if isinstance(config, FolderTransport):
        return FolderLink(config, bounds.place(config.folder))
    bounds.require_host(config.base_url)
    certificate = bounds.certificate(config.ca_file)
    if config.auth == "none":
        return HttpLink(config, None, certificate=certificate)
    secret = secrets.get(config.auth_secret)
    if secret is None or not secret.get_secret_value():
        raise ConfigurationInvalid(f"認証情報「{config.auth_secret}」が登録されていません。")
    return HttpLink(config, secret, certificate=certificate)
