"""The desks of the link in force, where it is one that people carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from domain.handover.errors import NotThisLink, PlaceUnreadable
from domain.linkage.errors import NoConfiguration
from domain.linkage.exchange.keeping import SealedKeeper
from domain.linkage.models import AdapterConfiguration
from domain.linkage.services import carried_link
from integrations.atena_adapters.config import AdapterConfig, JsonDialect, MediumTransport, TerminalTransport
from integrations.atena_adapters.errors import AtenaError
from integrations.atena_adapters.transports.medium_desk import MediumDesk
from integrations.atena_adapters.transports.terminal import TerminalLink
from tenants.core.context import current_prefecture

MEDIUM, TERMINAL = "medium", "terminal"


@dataclass(frozen=True, slots=True)
class TerminalDesk:
    """The terminal's acts, its place and the dialect that names the columns of its sheets."""

    link: TerminalLink
    place: Path
    config: AdapterConfig


def carried_kind() -> str:
    """`medium`, `terminal`, or "" where the link in force is carried by neither; one query."""
    if current_prefecture() is None:
        return ""
    found = AdapterConfiguration.objects.filter(retired_at=None).values_list("config__transport__kind", flat=True)
    kind = found.first()
    return kind if kind in (MEDIUM, TERMINAL) else ""


def medium_desk(clock: Callable[[], datetime] = timezone.now) -> tuple[MediumDesk, Path]:
    """The medium's desk and its place. Raises NotThisLink, PlaceUnreadable."""
    try:
        config, secrets, bounds = carried_link()
        if not isinstance(config.transport, MediumTransport):
            raise NotThisLink
        place = bounds.place(config.transport.folder)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = secrets[config.transport.secret]
        return MediumDesk(config.transport, place, secret, keep=SealedKeeper(), clock=clock), place
    except NoConfiguration:
        raise NotThisLink from None
    except (AtenaError, KeyError, OSError):
        raise PlaceUnreadable from None


def terminal_desk() -> TerminalDesk:
    """The terminal's desk. Raises NotThisLink, PlaceUnreadable."""
    try:
        config, secrets, bounds = carried_link()
        if not isinstance(config.transport, TerminalTransport) or not isinstance(config.dialect, JsonDialect):
            raise NotThisLink
        place = bounds.place(config.transport.folder)
        link = TerminalLink(config.transport, config.dialect, place, secrets[config.transport.secret])
        return TerminalDesk(link, place, config)
    except NoConfiguration:
        raise NotThisLink from None
    except (AtenaError, KeyError, OSError):
        raise PlaceUnreadable from None
