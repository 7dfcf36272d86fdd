"""What the database itself refuses: a changed frozen list, a line that nobody approved, a changed rule. Each with its undoing."""

from __future__ import annotations

_FUNCTIONS = {
    "linkage_refuse_change": """
BEGIN
    RAISE EXCEPTION 'a frozen list does not change (%)', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
""",
    "linkage_refuse_late_line": """
DECLARE listed_state text;
BEGIN
    EXECUTE format('SELECT state FROM %I WHERE id = $1', TG_ARGV[0]) INTO listed_state USING NEW.listed_id;
    IF listed_state <> 'proposed' THEN
        RAISE EXCEPTION 'a decided list takes no line (%)', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
""",
    "linkage_refuse_unapproved": """
BEGIN
    IF (SELECT state FROM linkage_copylist WHERE id = NEW.listed_id) <> 'approved' THEN
        RAISE EXCEPTION 'nothing is sent that nobody approved (%)', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
""",
}
_LISTS = (("linkage_targetlist", "linkage_targetline"), ("linkage_copylist", "linkage_copyline"))
_LIST_CONTENT = ("digest", "size", "fiscal_year", "number", "proposed_by", "bases")
_COPY_CONTENT = ("listed_id", "copy_id", "act", "cause", "amount", "period_from", "period_to", "record_number")
_RECORD = ("entry", "provided", "member_id", "party", "item", "asked_at", "keep_until", "batch_id")
_RULE_CONTENT = (
    "starts_on", "provided", "two_people_answer", "answer_days", "record_years", "basis", "notice", "by", "at", "switches",
)  # fmt: skip
_REPORT_CONTENT = ("listed_id", "size", "note", "by", "at")
_REFUSE = "linkage_refuse_change()"


def _differs(columns: tuple[str, ...]) -> str:
    before, after = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"WHEN (({before}) IS DISTINCT FROM ({after}))"


def _function(name: str, body: str) -> tuple[str, str]:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$", f"DROP FUNCTION {name}()"


def _trigger(name: str, table: str, when: str, condition: str, function: str) -> tuple[str, str]:
    forward = f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW {condition} EXECUTE FUNCTION {function}"
    return forward, f"DROP TRIGGER {name} ON {table}"


def _of_list(listed: str, line: str) -> tuple[tuple[str, str], ...]:
    return (
        _trigger("decided_list_takes_no_line", line, "INSERT", "", f"linkage_refuse_late_line('{listed}')"),
        _trigger("decided_list_stands", listed, "UPDATE OR DELETE", "WHEN (OLD.state <> 'proposed')", _REFUSE),
        _trigger("proposed_list_keeps_its_content", listed, "UPDATE", _differs(_LIST_CONTENT), _REFUSE),
    )


STATEMENTS = (
    *(_function(name, body) for name, body in _FUNCTIONS.items()),
    *(statement for pair in _LISTS for statement in _of_list(*pair)),
    _trigger("frozen_line_stands", "linkage_targetline", "UPDATE OR DELETE", "", _REFUSE),
    _trigger("frozen_line_stands", "linkage_copyline", "DELETE", "", _REFUSE),
    _trigger("frozen_line_keeps_its_content", "linkage_copyline", "UPDATE", _differs(_COPY_CONTENT), _REFUSE),
    _trigger(
        "only_approved_copies_are_sent", "linkage_copyline", "UPDATE OF batch_id", "WHEN (NEW.batch_id IS NOT NULL)",
        "linkage_refuse_unapproved()",
    ),
    _trigger("item_rule_stands", "linkage_itemrule", "UPDATE OR DELETE", "", _REFUSE),
    _trigger("exchange_record_stands", "linkage_exchangerecord", "UPDATE", _differs(_RECORD), _REFUSE),
    _trigger(
        "exchange_record_is_kept", "linkage_exchangerecord", "DELETE", "WHEN (OLD.keep_until >= CURRENT_DATE)", _REFUSE
    ),
    _trigger(
        "provision_rule_stands", "linkage_provisionrule", "UPDATE OR DELETE", "WHEN (OLD.state <> 'proposed')", _REFUSE
    ),
    _trigger(
        "deletion_report_stands", "linkage_deletionreport", "UPDATE OR DELETE", "WHEN (OLD.state <> 'proposed')", _REFUSE
    ),
    _trigger("report_keeps_its_content", "linkage_deletionreport", "UPDATE", _differs(_REPORT_CONTENT), _REFUSE),
    _trigger("proposed_rule_keeps_its_content", "linkage_provisionrule", "UPDATE", _differs(_RULE_CONTENT), _REFUSE),
)  # fmt: skip
