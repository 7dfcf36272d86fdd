"""Logins of the audit database. Names hang on the deployment's prefix; passwords are derived, never stored.

``owner`` (lays out, adds partitions), ``writer`` (INSERT only), ``sealer`` (reads what is new, adds sealed batches), ``retention``
(may have an expired month dropped), ``monitor`` (counts only) and one reader per scope.
"""

from django.conf import settings

MAX_NAME_BYTES = 63
OWNER = "owner"
WRITER = "writer"
MONITOR = "monitor"
SEALER = "sealer"
RETENTION = "retention"
READER_MARK = "_r_"


def audit_login(kind: str) -> str:
    """Login name of owner, writer, sealer, retention or monitor."""
    return _checked(f"{_prefix()}_{kind}")


def reader_login(scope: str) -> str:
    """Login name of the reader who sees the events of one scope (schema name, or ``console``)."""
    return _checked(f"{reader_prefix()}{scope}")


def reader_prefix() -> str:
    """What every reader's name begins with; the row policy takes the scope from what follows."""
    return f"{_prefix()}{READER_MARK}"


def _prefix() -> str:
    return str(settings.AUDIT_DATABASE["prefix"])


def _checked(name: str) -> str:
    # PostgreSQL cuts longer names silently, and two cut names could be one role.
    if len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError(f"role name longer than {MAX_NAME_BYTES} bytes: {name}")
    return name
