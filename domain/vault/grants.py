"""What a prefecture's login may have the owner do for it: destroy keys of the vault that nothing is sealed with any more.

A prefecture cannot change its key ring itself (`tenants.core.grants`). Two functions of the owner do it under conditions of their
own. `destroy_retired_key`: a newer key is there and no row is left under the old one, sealed or indexed. `shred_vault` (all keys of
the vault, and the one under which exchanges that held numbers are told by their digest): two people approved it and no number is
left. Both wait for writers under way and overwrite the wrapped keys.
"""

from __future__ import annotations

from psycopg import sql

FUNCTION = "destroy_retired_key"

_DEFINITION = """
CREATE OR REPLACE FUNCTION {function}(of_purpose text, key_number integer) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_temp AS $$
DECLARE fingerprint text;
BEGIN
    IF of_purpose NOT IN ('numbers', 'numbers-transit', 'deposit-key', 'index:numbers') THEN
        RAISE EXCEPTION 'not a key of the vault';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM keyring_wrappedkey WHERE purpose = of_purpose AND number > key_number AND destroyed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the newest key stays';
    END IF;
    LOCK TABLE vault_personnumber, vault_depositkey IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (
        SELECT 1 FROM vault_personnumber
        WHERE get_byte(sealed, 1) * 256 + get_byte(sealed, 2) = key_number
          AND of_purpose = CASE WHEN transit_until IS NULL THEN 'numbers' ELSE 'numbers-transit' END
    ) OR of_purpose = 'deposit-key' AND EXISTS (
        SELECT 1 FROM vault_depositkey WHERE get_byte(sealed, 1) * 256 + get_byte(sealed, 2) = key_number
    ) THEN
        RAISE EXCEPTION 'rows are sealed with this key';
    END IF;
    IF of_purpose = 'index:numbers' AND EXISTS (SELECT 1 FROM vault_personnumber WHERE index_key = key_number) THEN
        RAISE EXCEPTION 'rows are indexed with this key';
    END IF;
    SELECT encode(pg_catalog.sha256(wrapped), 'hex') INTO fingerprint
    FROM keyring_wrappedkey WHERE purpose = of_purpose AND number = key_number AND destroyed_at IS NULL;
    UPDATE keyring_wrappedkey SET wrapped = '', destroyed_at = pg_catalog.now()
    WHERE purpose = of_purpose AND number = key_number AND destroyed_at IS NULL;
    RETURN COALESCE(fingerprint, '');
END $$
"""

SHRED = "shred_vault"

_SHRED_DEFINITION = """
CREATE OR REPLACE FUNCTION {function}(disposal uuid) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_temp AS $$
DECLARE destroyed integer;
BEGIN
    LOCK TABLE vault_personnumber IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT 1 FROM vault_personnumber) OR NOT EXISTS (
        SELECT 1 FROM vault_purgerun WHERE id = disposal AND rule = 'shred' AND state = 'approved'
    ) THEN
        RAISE EXCEPTION 'not approved, or numbers are left';
    END IF;
    UPDATE keyring_wrappedkey SET wrapped = '', destroyed_at = pg_catalog.now()
    WHERE purpose IN ('numbers', 'numbers-transit', 'deposit-key', 'index:numbers', 'sign:exchanges-with-numbers')
      AND destroyed_at IS NULL;
    GET DIAGNOSTICS destroyed = ROW_COUNT;
    RETURN destroyed;
END $$
"""


def key_destruction_grants(schema: str, login: str, relay_login: str) -> list[sql.Composable]:
    """For provisioning: the functions in a prefecture's schema, callable by its login alone. The console has no vault."""
    if schema == "public":
        return []
    statements: list[sql.Composable] = []
    for name, arguments, definition in ((FUNCTION, "text, integer", _DEFINITION), (SHRED, "uuid", _SHRED_DEFINITION)):
        function, taken = sql.Identifier(schema, name), sql.SQL(arguments)
        statements += [
            sql.SQL(definition).format(function=function, schema=sql.Identifier(schema)),
            sql.SQL("REVOKE ALL ON FUNCTION {}({}) FROM PUBLIC").format(function, taken),
            sql.SQL("GRANT EXECUTE ON FUNCTION {}({}) TO {}").format(function, taken, sql.Identifier(login)),
        ]
    return statements
