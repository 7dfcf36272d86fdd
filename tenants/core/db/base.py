"""The wrapper: django-tenants' backend, except that another prefecture means another login, not another search path."""

from __future__ import annotations

import copy
from typing import Any, cast

import psycopg
from django.conf import settings
from django.db import connections
from django_tenants.postgresql_backend import base as tenants_backend

from tenants.core.credentials import (
    CONSOLE,
    GATEWAY,
    LIMITS,
    OWNER,
    derive,
    is_schema_name,
    login_name,
    passwords_of,
)
from tenants.core.db import pool
from tenants.core.db.arrays import dump_quickly

PUBLIC = "public"


class DatabaseWrapper(tenants_backend.DatabaseWrapper):  # type: ignore[misc]
    """A connection pinned to one login.

    As `owner` (migrations and provisioning, in processes of their own) one connection walks through all schemas. Every other
    login sees exactly one schema, so its search path is set once, when the connection is made.
    """

    def __init__(self, settings_dict: dict[str, Any], *arguments: Any, **options: Any) -> None:
        self._built = False
        kind = settings_dict.get("LOGIN", GATEWAY)
        self.login = login_name(kind)
        self.walks_schemas = kind == OWNER
        # What may be remembered only as long as the running transaction lasts (tenants.core.keys).
        self.kept_in_transaction: dict[Any, Any] = {}
        # Scope and purpose of keys made in the running transaction, undone parts of it included.
        self.keys_made: set[tuple[str, str]] = set()
        super().__init__(settings_dict, *arguments, **options)
        self._built = True

    # --- switching ---------------------------------------------------------------------------------------------------

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        if not self._built or self.walks_schemas:
            super().set_tenant(tenant, include_public)
            return
        login = login_name(_login_kind(tenant))
        wrapper = self if login == self.login else pool.switch(self, login, tenant.schema_name)
        super(DatabaseWrapper, wrapper).set_tenant(tenant, include_public)

    def sibling(self, login: str, schema: str) -> DatabaseWrapper:
        """A new wrapper of the same alias for another login; it connects on first use."""
        settings_dict = copy.deepcopy(self.settings_dict)
        settings_dict["LOGIN"] = login.removeprefix(f"{settings.ROLE_PREFIX}_")
        wrapper = type(self)(settings_dict, self.alias)
        wrapper.schema_name = schema
        return wrapper

    # --- connecting --------------------------------------------------------------------------------------------------

    def get_connection_params(self) -> dict[str, Any]:
        self.settings_dict["USER"] = self.login
        self.settings_dict["PASSWORD"] = derive(self.login)
        try:
            params = dict(super().get_connection_params())
        finally:
            self.settings_dict["PASSWORD"] = ""
        if is_schema_name(self.login.removeprefix(f"{settings.ROLE_PREFIX}_")):
            limits = (f"-c {name}={longest}" for name, longest in LIMITS.items())
            params["options"] = " ".join([params.get("options", ""), *limits]).strip()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """While the master key is being changed, the login's password may already be, or still be, the other key's."""
        for password in passwords_of(self.login)[1:]:
            try:
                return self._connected(conn_params)
            except psycopg.OperationalError:
                conn_params = {**conn_params, "password": password}
        return self._connected(conn_params)

    def _connected(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        dump_quickly(connection)
        return connection

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if not self.walks_schemas:
            self._handle_search_path()

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self.walks_schemas or cursor is None:
            super()._handle_search_path(cursor)

    def _get_cursor_search_paths(self) -> list[str]:
        """Never `public` behind a prefecture's schema: a missing table must fail, not fall through."""
        return [self.schema_name, settings.SCHEMA_REFERENCE]

    # --- where a transaction, or a part of it, ends ------------------------------------------------------------------

    def set_autocommit(self, *arguments: Any, **options: Any) -> None:
        self._forget_transaction()
        super().set_autocommit(*arguments, **options)

    def rollback(self) -> None:
        self._forget_transaction()
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        self.kept_in_transaction.clear()
        super().savepoint_rollback(sid)

    def _forget_transaction(self) -> None:
        self.kept_in_transaction.clear()
        self.keys_made.clear()

    # --- what Django does to "all" connections -----------------------------------------------------------------------

    def close(self) -> None:
        super().close()
        if self._built:
            for wrapper in pool.others(self):
                if not wrapper.in_atomic_block:
                    wrapper.close_alone()

    def close_alone(self) -> None:
        super().close()

    def close_if_unusable_or_obsolete(self) -> None:
        super().close_if_unusable_or_obsolete()
        for wrapper in pool.others(self):
            super(DatabaseWrapper, wrapper).close_if_unusable_or_obsolete()


def _login_kind(tenant: Any) -> str:
    if tenant.schema_name == PUBLIC:
        return CONSOLE if getattr(tenant, "login", None) == CONSOLE else GATEWAY
    return str(tenant.schema_name)


def current() -> DatabaseWrapper:
    """The wrapper Django sees now, with its real type."""
    return cast(DatabaseWrapper, connections["default"])
