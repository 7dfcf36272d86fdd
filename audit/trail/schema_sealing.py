"""Tables and rights of sealing and of retention, beside those of ``schema.py``. Laid out by it, as the owner.

- ``unsealed`` is filled by the trigger that fills the index of subjects, in the writer's own transaction: an event cannot
  be stored and escape the sealer. The sealer takes rows out in the transaction that adds their batch.
- ``batch`` holds the signed heads and is kept for ever; ``batch_leaves`` holds which events stand below a head, by month.
- ``checkpoint`` is the end of each scope's chain. It moves forward by one and never back.
- ``dispose_month`` is all that ``retention`` may do: drop a month that is older than the law asks, after its disposal was
  recorded and sealed in every scope concerned; for a scope that can seal nothing any more (its keys were destroyed, or nobody
  knows it) in the console's. Dropping needs the owner, so the function runs as the owner.
"""

from typing import LiteralString

KEPT_YEARS = 7
"""Operation histories are kept and can be searched for seven years (住民基本台帳ネットワークの操作履歴に準ずる)."""

TABLES: tuple[LiteralString, ...] = (
    """
CREATE TABLE IF NOT EXISTS trail.unsealed (scope text NOT NULL, occurred_at timestamptz NOT NULL, event_id uuid NOT NULL)
WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)
""",
    """
CREATE TABLE IF NOT EXISTS trail.checkpoint (
    scope text PRIMARY KEY,
    number bigint NOT NULL CHECK (number >= 0),
    next_seq bigint NOT NULL CHECK (next_seq >= 1),
    head_hash bytea NOT NULL CHECK (length(head_hash) = 32),
    sealed_at timestamptz NOT NULL
)
""",
    """
CREATE TABLE IF NOT EXISTS trail.batch (
    scope text NOT NULL,
    number bigint NOT NULL CHECK (number >= 1),
    first_seq bigint NOT NULL,
    events bigint NOT NULL CHECK (events >= 1),
    root bytea NOT NULL CHECK (length(root) = 32),
    prev bytea NOT NULL CHECK (length(prev) = 32),
    head text NOT NULL,
    signature bytea NOT NULL CHECK (length(signature) = 64),
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    sealed_at timestamptz NOT NULL,
    PRIMARY KEY (scope, number),
    UNIQUE (scope, prev),
    UNIQUE (scope, first_seq)
)
""",
    "CREATE INDEX IF NOT EXISTS batch_by_time ON trail.batch (scope, sealed_at, number)",
    """
CREATE TABLE IF NOT EXISTS trail.batch_leaves (
    scope text NOT NULL,
    number bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    event_ids uuid[] NOT NULL,
    occurred_at timestamptz[] NOT NULL,
    leaves bytea NOT NULL CHECK (length(leaves) = 32 * cardinality(event_ids)),
    PRIMARY KEY (scope, number, sealed_at)
) PARTITION BY RANGE (sealed_at)
""",
    """
CREATE TABLE IF NOT EXISTS trail.disposal (
    month date NOT NULL,
    scope text NOT NULL,
    events bigint NOT NULL,
    disposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (scope, month)
)
""",
)

GUARDED: tuple[LiteralString, ...] = ("trail.batch", "trail.batch_leaves", "trail.disposal")

CHECKPOINT_GUARD: tuple[LiteralString, ...] = (
    """
CREATE OR REPLACE FUNCTION trail.advance_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.scope = OLD.scope AND NEW.number = OLD.number + 1 AND NEW.next_seq > OLD.next_seq
       AND NEW.sealed_at >= OLD.sealed_at THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a checkpoint only moves forward' USING ERRCODE = 'insufficient_privilege';
END $$
""",
    "REVOKE ALL ON FUNCTION trail.advance_only() FROM PUBLIC",
    "CREATE OR REPLACE TRIGGER advance_only BEFORE UPDATE OR DELETE ON trail.checkpoint"
    " FOR EACH ROW EXECUTE FUNCTION trail.advance_only()",
    "CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON trail.checkpoint"
    " FOR EACH STATEMENT EXECUTE FUNCTION trail.refuse_change()",
    "ALTER TABLE trail.checkpoint ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE trail.checkpoint FORCE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS own_scope ON trail.checkpoint",
    "CREATE POLICY own_scope ON trail.checkpoint FOR SELECT TO PUBLIC USING"
    " (starts_with(current_user::text, {prefix}) AND scope = substr(current_user::text, length({prefix}) + 1))",
    "DROP POLICY IF EXISTS sealer_moves ON trail.checkpoint",
    "CREATE POLICY sealer_moves ON trail.checkpoint TO {sealer} USING (true) WITH CHECK (true)",
    "DROP POLICY IF EXISTS owner_sees ON trail.checkpoint",
    "CREATE POLICY owner_sees ON trail.checkpoint FOR SELECT TO {owner} USING (true)",
)

_DISPOSE: LiteralString = """
CREATE OR REPLACE FUNCTION trail.dispose_month(wanted date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    suffix text := to_char(wanted, '"_y"YYYY"m"MM');
    leaves text := to_char(wanted - interval '1 month', '"_y"YYYY"m"MM');
    counts jsonb;
    unrecorded text;
    lost text[];
    gone bigint;
BEGIN
    IF wanted IS NULL OR wanted <> date_trunc('month', wanted)::date
       OR (clock_timestamp() AT TIME ZONE 'Asia/Tokyo') < wanted + interval '1 month' + make_interval(years => {years}) THEN
        RAISE EXCEPTION 'the month must still be kept' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF to_regclass('trail.event' || suffix) IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('SELECT coalesce(jsonb_object_agg(scope, events), ''{{}}'') FROM (SELECT scope, count(*) AS events'
                   ' FROM trail.%I GROUP BY scope) c', 'event' || suffix) INTO counts;
    SELECT coalesce(array_agg(m.scope), ARRAY[]::text[]) INTO lost FROM jsonb_object_keys(counts) m(scope) WHERE EXISTS (
        SELECT 1 FROM trail.event_subject s JOIN trail.event e ON e.occurred_at = s.occurred_at AND e.id = s.event_id
        WHERE s.scope = {console} AND s.kind = 'lost_trail_month'
          AND s.subject_id = m.scope || ' ' || to_char(wanted, 'YYYY-MM')
          AND e.event = 'trail:lost_month:disposed'
          AND NOT EXISTS (SELECT 1 FROM trail.unsealed u WHERE u.event_id = e.id));
    DELETE FROM trail.unsealed u WHERE u.scope = ANY (lost)
        AND u.occurred_at < (wanted + interval '1 month') AT TIME ZONE 'Asia/Tokyo';
    IF EXISTS (SELECT 1 FROM trail.unsealed u
               WHERE u.occurred_at < (wanted + interval '1 month') AT TIME ZONE 'Asia/Tokyo') THEN
        RAISE EXCEPTION 'the month is not sealed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT string_agg(m.scope, ', ') INTO unrecorded FROM jsonb_object_keys(counts) m(scope)
    WHERE m.scope <> ALL (lost) AND NOT EXISTS (
        SELECT 1 FROM trail.event_subject s JOIN trail.event e ON e.occurred_at = s.occurred_at AND e.id = s.event_id
        WHERE s.scope = m.scope AND s.kind = 'trail_month' AND s.subject_id = to_char(wanted, 'YYYY-MM')
          AND e.event = 'trail:month:disposed'
          AND NOT EXISTS (SELECT 1 FROM trail.unsealed u WHERE u.event_id = e.id));
    IF unrecorded IS NOT NULL THEN
        RAISE EXCEPTION 'the disposal is not recorded and sealed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO trail.disposal (month, scope, events)
    SELECT wanted, m.key, m.value::bigint FROM jsonb_each_text(counts) m;
    SELECT coalesce(sum(m.value::bigint), 0) INTO gone FROM jsonb_each_text(counts) m;
    EXECUTE format('DROP TABLE trail.%I, trail.%I', 'event' || suffix, 'event_subject' || suffix);
    EXECUTE format('DROP TABLE IF EXISTS trail.%I', 'batch_leaves' || leaves);
    RETURN gone;
END $$
"""

_EXPIRED: LiteralString = """
CREATE OR REPLACE FUNCTION trail.expired_months() RETURNS TABLE (month date, scope text, events bigint, recorded boolean)
LANGUAGE plpgsql SECURITY DEFINER STABLE SET search_path = pg_catalog AS $$
DECLARE
    part record;
BEGIN
    FOR part IN SELECT c.relname, to_date(substr(c.relname, 8), 'YYYY"m"MM') AS first
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'trail.event'::regclass ORDER BY 2 LOOP
        CONTINUE WHEN (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')
            < part.first + interval '1 month' + make_interval(years => {years});
        RETURN QUERY EXECUTE format(
            'SELECT %L::date, e.scope, count(*), EXISTS (SELECT 1 FROM trail.event_subject s WHERE s.scope = e.scope'
            ' AND s.kind = ''trail_month'' AND s.subject_id = %L) OR EXISTS (SELECT 1 FROM trail.event_subject s'
            ' WHERE s.scope = %L AND s.kind = ''lost_trail_month'' AND s.subject_id = e.scope || '' '' || %L)'
            ' FROM trail.%I e GROUP BY e.scope',
            part.first, to_char(part.first, 'YYYY-MM'), {console}, to_char(part.first, 'YYYY-MM'), part.relname);
        IF NOT FOUND THEN
            RETURN QUERY SELECT part.first, ''::text, 0::bigint, true;
        END IF;
    END LOOP;
END $$
"""

FUNCTIONS: tuple[LiteralString, ...] = (_DISPOSE, _EXPIRED)

RIGHTS: tuple[LiteralString, ...] = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA trail FROM {sealer}, {retention}",
    "GRANT CONNECT ON DATABASE {database} TO {sealer}, {retention}",
    "GRANT USAGE ON SCHEMA trail TO {sealer}, {retention}",
    "DROP POLICY IF EXISTS sealer_reads ON trail.event",
    "CREATE POLICY sealer_reads ON trail.event FOR SELECT TO {sealer} USING (true)",
    "DROP POLICY IF EXISTS sealer_adds ON trail.batch",
    "CREATE POLICY sealer_adds ON trail.batch FOR INSERT TO {sealer} WITH CHECK (true)",
    "DROP POLICY IF EXISTS sealer_adds ON trail.batch_leaves",
    "CREATE POLICY sealer_adds ON trail.batch_leaves FOR INSERT TO {sealer} WITH CHECK (true)",
    "DROP POLICY IF EXISTS owner_disposes ON trail.disposal",
    "CREATE POLICY owner_disposes ON trail.disposal FOR INSERT TO {owner} WITH CHECK (true)",
    "GRANT SELECT ON trail.event TO {sealer}",
    "GRANT SELECT, DELETE ON trail.unsealed TO {sealer}",
    "GRANT INSERT ON trail.batch, trail.batch_leaves TO {sealer}",
    "GRANT SELECT, INSERT, UPDATE ON trail.checkpoint TO {sealer}",
    "REVOKE ALL ON FUNCTION trail.dispose_month(date), trail.expired_months() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION trail.dispose_month(date), trail.expired_months() TO {retention}",
)

READER: LiteralString = "GRANT SELECT ON trail.batch, trail.batch_leaves, trail.checkpoint, trail.disposal TO {reader}"
