"""The logins of the main database, as they were made: what a login changed of itself is found and set back by the owner.

PostgreSQL lets every login change its own password and its own settings, and neither can be forbidden: one injected statement
(`ALTER ROLE CURRENT_USER …`) shuts a prefecture out of its database, or takes the limit of 60 seconds off. No trigger hears of it.
So the owner looks every few minutes, sets back what differs, and says so in both trails.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from django.db import OperationalError, transaction

from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.entries import Subject
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from tenants.core import grants
from tenants.core.context import console_context, prefecture_context
from tenants.core.credentials import CONSOLE, GATEWAY, RELAY, login_name
from tenants.core.db.base import current
from tenants.core.models import Prefecture
from tenants.core.provisioning import require_owner

logger = logging.getLogger(__name__)

Login = tuple[str, Prefecture | None]


def mend(logins: Iterable[Login] | None = None) -> int:
    """Set back every login that is not as it was made. Returns how many. Raises NotOwner."""
    require_owner()
    return sum(_mend_one(kind, prefecture) for kind, prefecture in (all_logins() if logins is None else logins))


def all_logins() -> Iterator[Login]:
    """Those of the product that may not make roles, and those of the prefectures that are not over."""
    for kind in (GATEWAY, CONSOLE, RELAY):
        yield kind, None
    for prefecture in Prefecture.objects.exclude(state=Prefecture.State.SUSPENDED).order_by("code"):
        if grants.exists(prefecture.schema_name):
            yield prefecture.schema_name, prefecture


def opens(kind: str) -> bool:
    """Whether the product still gets in with this login."""
    wrapper = current().sibling(login_name(kind), kind)
    try:
        wrapper.ensure_connection()
    except OperationalError:
        return False
    finally:
        wrapper.close_alone()
    return True


def _mend_one(kind: str, prefecture: Prefecture | None) -> bool:
    what = [] if grants.has_its_settings(kind) else ["settings"]
    shut = not opens(kind)
    if not what and not shut:
        return False
    grants.restore_login(kind)
    if shut and not opens(kind):
        logger.error("tenants: login %s does not open, and not for its password", kind)
    elif shut:
        what.append("password")
    if what:
        logger.error("tenants: login %s had changed itself (%s) and was set back", kind, ", ".join(what))
        _tell(kind, what, prefecture)
    return bool(what)


def _tell(kind: str, what: list[str], prefecture: Prefecture | None) -> None:
    """The console hears of it, and the prefecture itself, whose watch takes it for what it is: somebody's SQL."""
    subjects = [Subject("prefecture", prefecture.code)] if prefecture else []
    with acting_as(Actor(ActorKind.SYSTEM, "console.mend_logins", "データベースのログインの点検", "")):
        with console_context(), transaction.atomic():
            record(Event.CONSOLE_LOGIN_RESTORED, subjects=subjects, detail={"login": kind, "what": [*what]})
        if prefecture is not None:
            with prefecture_context(prefecture), transaction.atomic():
                record(Event.ACCESS_PREFECTURE_REFUSED, detail={"what": "database", "login": [*what]})
