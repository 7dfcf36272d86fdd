"""A prefecture whose schema is gone has no trail of its own: the console's hears of it."""

from __future__ import annotations

import logging

from django.core.cache import cache
from django.db import Error, transaction

from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from tenants.core.context import console_context

logger = logging.getLogger(__name__)

QUIET_SECONDS = 60
"""One event a minute for each schema: whoever presses the button again adds nothing."""


def note_missing_schema(schema: str, noticed_in: str) -> None:
    """Write the event into the console's outbox. Never raises: whoever asked is being told already."""
    logger.error("tenants: schema %s is missing (noticed in %s)", schema, noticed_in)
    try:
        with console_context(), transaction.atomic():
            if cache.add(f"schema-missing:{schema}", 1, QUIET_SECONDS):
                record(Event.CONSOLE_SCHEMA_MISSING, detail={"schema": schema, "noticed_in": noticed_in})
    except (Error, OSError) as error:
        logger.error("tenants: the missing schema could not be written down (%s)", type(error).__name__)
