"""What the database itself refuses in the vault, whoever asks: numbers that the holding mode forbids, values under a destroyed
key, disposal without an approved list, changes of a certificate."""

ROW_OF_SETTINGS = "INSERT INTO vault_vaultsettings (id, mode, keeps_unified, needs_list, transit_hours, keep_years, changed_by, changed_at) VALUES (1, 'held', false, true, 72, 5, '', now()) ON CONFLICT DO NOTHING"

_FUNCTIONS = {
    "vault_settings_wait": """
BEGIN
    PERFORM 1 FROM vault_vaultsettings WHERE id = 1 FOR SHARE;
    RETURN NULL;
END""",
    "vault_number_allowed": """
DECLARE rules vault_vaultsettings%ROWTYPE; key_number integer;
BEGIN
    SELECT * INTO STRICT rules FROM vault_vaultsettings WHERE id = 1;
    IF rules.mode = 'never' AND (NEW.field = 'individual_number' OR NOT rules.keeps_unified) THEN
        RAISE EXCEPTION 'this prefecture holds no numbers' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'vault_holding_mode';
    END IF;
    IF rules.mode = 'in_transit' AND NEW.field = 'individual_number' AND (
        NEW.transit_until IS NULL OR NEW.held_until IS NOT NULL
        OR NEW.transit_until > now() + make_interval(hours => rules.transit_hours + 1)
    ) THEN
        RAISE EXCEPTION 'this prefecture holds numbers in transit only' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'vault_holding_mode';
    END IF;
    key_number := get_byte(NEW.sealed, 1) * 256 + get_byte(NEW.sealed, 2);
    IF EXISTS (
        SELECT 1 FROM keyring_wrappedkey WHERE number = key_number AND destroyed_at IS NOT NULL
        AND purpose = CASE WHEN NEW.transit_until IS NULL THEN 'numbers' ELSE 'numbers-transit' END
    ) THEN
        RAISE EXCEPTION 'sealed with a destroyed key' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'vault_key_destroyed';
    END IF;
    IF EXISTS (
        SELECT 1 FROM keyring_wrappedkey
        WHERE purpose = 'index:numbers' AND number = NEW.index_key AND destroyed_at IS NOT NULL
    ) THEN
        IF NEW.index_next IS NULL THEN
            RAISE EXCEPTION 'indexed with a destroyed key' USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'vault_key_destroyed';
        END IF;
        NEW.index := NEW.index_next;
        NEW.index_next := NULL;
        NEW.index_key := (
            SELECT min(number) FROM keyring_wrappedkey
            WHERE purpose = 'index:numbers' AND number > NEW.index_key AND destroyed_at IS NULL
        );
    END IF;
    RETURN NEW;
END""",
    "vault_deposit_allowed": """
BEGIN
    IF NEW.path <> '' AND EXISTS (SELECT 1 FROM vault_vaultsettings WHERE id = 1 AND mode = 'never') THEN
        RAISE EXCEPTION 'this prefecture holds no numbers' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'vault_holding_mode';
    END IF;
    RETURN NEW;
END""",
    "vault_mode_allowed": """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the settings of the vault stay' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.mode = 'never' AND (
        EXISTS (SELECT 1 FROM vault_personnumber WHERE field = 'individual_number' OR NOT NEW.keeps_unified)
        OR EXISTS (SELECT 1 FROM vault_numberdeposit WHERE path <> '')
    ) OR NEW.mode = 'in_transit' AND EXISTS (
        SELECT 1 FROM vault_personnumber WHERE field = 'individual_number' AND transit_until IS NULL
    ) THEN
        RAISE EXCEPTION 'numbers are held that this mode forbids' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'vault_holding_mode';
    END IF;
    RETURN NEW;
END""",
    "vault_disposal_proved": """
BEGIN
    IF OLD.transit_until IS NULL AND NOT EXISTS (
        SELECT 1 FROM vault_purgeline line JOIN vault_purgerun run ON run.id = line.run_id
        WHERE line.number_id = OLD.id AND run.state = 'approved'
    ) THEN
        RAISE EXCEPTION 'a number is disposed of by an approved list only' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'vault_disposal_proved';
    END IF;
    RETURN OLD;
END""",
    "vault_proof_stands": """
BEGIN
    RAISE EXCEPTION 'a proof does not change (%)', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END""",
    "vault_line_stands": """
BEGIN
    IF TG_OP <> 'INSERT' OR EXISTS (SELECT 1 FROM vault_purgerun WHERE id = NEW.run_id AND state <> 'proposed') THEN
        RAISE EXCEPTION 'a frozen list does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END""",
    "vault_list_stands": """
BEGIN
    IF EXISTS (SELECT 1 FROM vault_reveallist WHERE id = NEW.list_id AND state <> 'asked') THEN
        RAISE EXCEPTION 'an approved list does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END""",
}

_TRIGGERS = {
    "number_waits_for_settings ON vault_personnumber": ("BEFORE INSERT OR UPDATE", "STATEMENT", "", "vault_settings_wait"),
    "number_allowed ON vault_personnumber": ("BEFORE INSERT OR UPDATE", "ROW", "", "vault_number_allowed"),
    "number_disposal ON vault_personnumber": ("BEFORE DELETE", "ROW", "", "vault_disposal_proved"),
    "deposit_waits_for_settings ON vault_numberdeposit": (
        "BEFORE INSERT OR UPDATE", "STATEMENT", "", "vault_settings_wait",
    ),
    "deposit_allowed ON vault_numberdeposit": ("BEFORE INSERT OR UPDATE", "ROW", "", "vault_deposit_allowed"),
    "mode_allowed ON vault_vaultsettings": ("BEFORE UPDATE OR DELETE", "ROW", "", "vault_mode_allowed"),
    "rotation_done ON vault_keyrotation": (
        "BEFORE UPDATE OR DELETE", "ROW", "WHEN (OLD.state = 'done')", "vault_proof_stands",
    ),
    "purge_done ON vault_purgerun": (
        "BEFORE UPDATE OR DELETE", "ROW", "WHEN (OLD.state = 'done')", "vault_proof_stands",
    ),
    "purge_line ON vault_purgeline": ("BEFORE INSERT OR UPDATE OR DELETE", "ROW", "", "vault_line_stands"),
    "list_line ON vault_reveallistmember": ("BEFORE INSERT OR UPDATE", "ROW", "", "vault_list_stands"),
}  # fmt: skip


def _function(name: str, body: str) -> tuple[str, str]:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$", f"DROP FUNCTION {name}()"


def _trigger(place: str, when: str, each: str, condition: str, function: str) -> tuple[str, str]:
    name, _, table = place.partition(" ON ")
    forward = f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} {condition} EXECUTE FUNCTION {function}()"
    return forward, f"DROP TRIGGER {name} ON {table}"


STATEMENTS = [
    (ROW_OF_SETTINGS, "DELETE FROM vault_vaultsettings"),
    *(_function(name, body) for name, body in _FUNCTIONS.items()),
    *(_trigger(place, *parts) for place, parts in _TRIGGERS.items()),
]
