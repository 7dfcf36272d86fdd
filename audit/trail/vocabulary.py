"""The one vocabulary of the access trail (記録): every event of the product has its word here.

A value reads ``subject:detail:action``; the member's name is the value in capitals. A value, once used, is never
renamed or given another meaning: seven years of records speak with these words. The Japanese label and the one-line
meaning of each stand in :mod:`audit.trail.labels`, the table for readers in ``docs/trail.md``.
"""

from enum import StrEnum

from audit.trail.labels import WORDING, Wording


class Event(StrEnum):
    """What happened. Grouped by subject, so that ``read:`` finds every read."""

    # 利用 (log-in and session)
    SESSION_LOGIN_SUCCEEDED = "session:login:succeeded"
    SESSION_PASSWORD_FAILED = "session:password:failed"  # noqa: S105 - a word, no secret
    SESSION_OTP_FAILED = "session:otp:failed"
    SESSION_OTP_VERIFIED = "session:otp:verified"
    SESSION_OTP_ENROLLED = "session:otp:enrolled"
    SESSION_BACKUP_CODE_USED = "session:backup_code:used"
    SESSION_BACKUP_CODES_ISSUED = "session:backup_codes:issued"
    SESSION_ATTEMPTS_THROTTLED = "session:attempts:throttled"
    SESSION_LOGOUT_DONE = "session:logout:done"
    SESSION_TIMEOUT_DONE = "session:timeout:done"
    SESSION_OTHER_ENDED = "session:other:ended"
    SESSION_OTHER_DISOWNED = "session:other:disowned"

    # 拒否 (refusals)
    ACCESS_PERMISSION_REFUSED = "access:permission:refused"
    ACCESS_NETWORK_REFUSED = "access:network:refused"
    ACCESS_FILE_REFUSED = "access:file:refused"
    ACCESS_SCHOOL_REFUSED = "access:school:refused"
    ACCESS_PREFECTURE_REFUSED = "access:prefecture:refused"
    ACCESS_UNVERIFIED_REFUSED = "access:unverified:refused"
    ACCESS_RECORD_UNKNOWN = "access:record:unknown"
    ACCESS_FORM_REFUSED = "access:form:refused"

    # 閲覧 (reads; written before anything is shown)
    READ_HOUSEHOLD_SHOWN = "read:household:shown"
    READ_PUPIL_SHOWN = "read:pupil:shown"
    READ_STATEMENT_SHOWN = "read:statement:shown"
    READ_EXPENSE_SHOWN = "read:expense:shown"
    READ_ROUND_SHOWN = "read:round:shown"
    READ_LEDGER_SHOWN = "read:ledger:shown"
    READ_SAMPLE_SHOWN = "read:sample:shown"
    READ_LINKAGE_SHOWN = "read:linkage:shown"
    READ_SHEET_SHOWN = "read:sheet:shown"
    READ_IMPORT_SHOWN = "read:import:shown"
    READ_LIST_SHOWN = "read:list:shown"
    READ_SEARCH_SHOWN = "read:search:shown"
    READ_TRAIL_SHOWN = "read:trail:shown"
    READ_ALERT_SHOWN = "read:alert:shown"

    # 番号 (個人番号, 団体内統合宛名番号)
    NUMBER_INDIVIDUAL_STORED = "number:individual:stored"
    NUMBER_INDIVIDUAL_REPLACED = "number:individual:replaced"
    NUMBER_INDIVIDUAL_REVEALED = "number:individual:revealed"
    NUMBER_INDIVIDUAL_USED = "number:individual:used"
    NUMBER_INDIVIDUAL_REFUSED = "number:individual:refused"
    NUMBER_INDIVIDUAL_DELETED = "number:individual:deleted"
    NUMBER_INDIVIDUAL_CHANGED = "number:individual:changed"
    NUMBER_CONFLICT_FOUND = "number:conflict:found"
    NUMBER_CONFLICT_SETTLED = "number:conflict:settled"
    NUMBER_UNIFIED_STORED = "number:unified:stored"
    NUMBER_UNIFIED_ENDED = "number:unified:ended"
    NUMBER_UNIFIED_REVEALED = "number:unified:revealed"
    NUMBER_FILE_LOADED = "number:file:loaded"
    NUMBER_FILE_REFUSED = "number:file:refused"
    NUMBER_FILE_EMPTIED = "number:file:emptied"
    NUMBER_TRANSIT_ERASED = "number:transit:erased"
    NUMBER_LIST_ASKED = "number:list:asked"
    NUMBER_LIST_APPROVED = "number:list:approved"
    NUMBER_LIST_WITHDRAWN = "number:list:withdrawn"
    NUMBER_LIST_REFUSED = "number:list:refused"
    NUMBER_MODE_PROPOSED = "number:mode:proposed"
    NUMBER_MODE_WITHDRAWN = "number:mode:withdrawn"
    NUMBER_MODE_CHANGED = "number:mode:changed"
    NUMBER_DISPOSAL_PROPOSED = "number:disposal:proposed"
    NUMBER_DISPOSAL_APPROVED = "number:disposal:approved"
    NUMBER_DISPOSAL_WITHDRAWN = "number:disposal:withdrawn"
    NUMBER_DISPOSAL_FINISHED = "number:disposal:finished"
    NUMBER_TOMBSTONE_REPLAYED = "number:tombstone:replayed"
    NUMBER_KEY_CHANGED = "number:key:changed"
    NUMBER_KEY_RESEALED = "number:key:resealed"
    NUMBER_FILEKEY_CHANGED = "number:filekey:changed"
    NUMBER_LIST_USED = "number:list:used"
    NUMBER_KEY_DESTROYED = "number:key:destroyed"

    # 取込 (import)
    IMPORT_FILE_RECEIVED = "import:file:received"
    IMPORT_FILE_REFUSED = "import:file:refused"
    IMPORT_FILE_WITHDRAWN = "import:file:withdrawn"
    IMPORT_ROWS_APPLIED = "import:rows:applied"
    IMPORT_ROW_PARKED = "import:row:parked"
    IMPORT_ROW_SETTLED = "import:row:settled"

    # 世帯 (changes of the roster)
    HOUSEHOLD_RECORD_CREATED = "household:record:created"
    HOUSEHOLD_RECORD_CHANGED = "household:record:changed"
    HOUSEHOLD_STATUS_CHANGED = "household:status:changed"
    HOUSEHOLD_MEMBER_MOVED = "household:member:moved"
    HOUSEHOLD_PROTECTION_CHANGED = "household:protection:changed"
    HOUSEHOLD_FACTS_CORRECTED = "household:facts:corrected"
    HOUSEHOLD_SCHOOL_REGISTERED = "household:school:registered"
    HOUSEHOLD_SCHOOL_CHANGED = "household:school:changed"
    HOUSEHOLD_SCHOOL_CLOSED = "household:school:closed"

    # 情報連携 (registration with 統合宛名, inquiry, matching, provision)
    LINKAGE_REGISTRATION_SENT = "linkage:registration:sent"
    LINKAGE_REGISTRATION_ACCEPTED = "linkage:registration:accepted"
    LINKAGE_REGISTRATION_REFUSED = "linkage:registration:refused"
    LINKAGE_PERSON_MOVED = "linkage:person:moved"
    LINKAGE_PERSON_HANDLED = "linkage:person:handled"
    LINKAGE_CHANGE_SENT = "linkage:change:sent"
    LINKAGE_CHANGE_ACCEPTED = "linkage:change:accepted"
    LINKAGE_CHANGE_REFUSED = "linkage:change:refused"
    LINKAGE_ITEM_CHANGED = "linkage:item:changed"
    LINKAGE_CONSENT_RECORDED = "linkage:consent:recorded"
    LINKAGE_TARGETS_PROPOSED = "linkage:targets:proposed"
    LINKAGE_TARGETS_APPROVED = "linkage:targets:approved"
    LINKAGE_TARGETS_WITHDRAWN = "linkage:targets:withdrawn"
    LINKAGE_INQUIRY_SENT = "linkage:inquiry:sent"
    LINKAGE_INQUIRY_WITHDRAWN = "linkage:inquiry:withdrawn"
    LINKAGE_ANSWER_RECEIVED = "linkage:answer:received"
    LINKAGE_ANSWER_MATCHED = "linkage:answer:matched"
    LINKAGE_ANSWER_HELD = "linkage:answer:held"
    LINKAGE_ANSWER_REMATCHED = "linkage:answer:rematched"
    LINKAGE_ANSWER_SETTLED = "linkage:answer:settled"
    LINKAGE_ANSWER_REFUSED = "linkage:answer:refused"
    LINKAGE_EXCHANGE_FAILED = "linkage:exchange:failed"
    LINKAGE_EXCHANGE_ABANDONED = "linkage:exchange:abandoned"
    LINKAGE_SAMPLE_TRIED = "linkage:sample:tried"
    LINKAGE_SAMPLE_ERASED = "linkage:sample:erased"
    LINKAGE_PROVISION_CONFIGURED = "linkage:provision:configured"
    LINKAGE_SWITCH_PROPOSED = "linkage:switch:proposed"
    LINKAGE_SWITCH_WITHDRAWN = "linkage:switch:withdrawn"
    LINKAGE_DELETION_REPORTED = "linkage:deletion:reported"
    LINKAGE_DELETION_WITHDRAWN = "linkage:deletion:withdrawn"
    LINKAGE_PROVISION_PROPOSED = "linkage:provision:proposed"
    LINKAGE_PROVISION_APPROVED = "linkage:provision:approved"
    LINKAGE_PROVISION_WITHDRAWN = "linkage:provision:withdrawn"
    LINKAGE_PROVISION_SENT = "linkage:provision:sent"
    LINKAGE_PROVISION_ACCEPTED = "linkage:provision:accepted"
    LINKAGE_PROVISION_REFUSED = "linkage:provision:refused"
    LINKAGE_PROVISION_DOUBTED = "linkage:provision:doubted"
    LINKAGE_PROVISION_DROPPED = "linkage:provision:dropped"
    LINKAGE_PROVISION_SETTLED = "linkage:provision:settled"
    LINKAGE_INCOMING_RECEIVED = "linkage:incoming:received"
    LINKAGE_INCOMING_PROPOSED = "linkage:incoming:proposed"
    LINKAGE_INCOMING_WITHDRAWN = "linkage:incoming:withdrawn"
    LINKAGE_INCOMING_DECIDED = "linkage:incoming:decided"
    LINKAGE_INCOMING_ANSWERED = "linkage:incoming:answered"
    LINKAGE_INCOMING_REFUSED = "linkage:incoming:refused"
    LINKAGE_LIST_REOPENED = "linkage:list:reopened"
    LINKAGE_RECORD_COLLECTED = "linkage:record:collected"
    LINKAGE_RECORD_DISPOSED = "linkage:record:disposed"
    LINKAGE_MEDIUM_PROPOSED = "linkage:medium:proposed"
    LINKAGE_MEDIUM_WITHDRAWN = "linkage:medium:withdrawn"
    LINKAGE_MEDIUM_RELEASED = "linkage:medium:released"
    LINKAGE_MEDIUM_TAKEN = "linkage:medium:taken"
    LINKAGE_MEDIUM_REFUSED = "linkage:medium:refused"
    LINKAGE_MEDIUM_ERASED = "linkage:medium:erased"
    LINKAGE_SHEET_ENTERED = "linkage:sheet:entered"
    LINKAGE_SHEET_ATTACHED = "linkage:sheet:attached"
    LINKAGE_SHEET_DIFFERED = "linkage:sheet:differed"
    LINKAGE_SHEET_AGREED = "linkage:sheet:agreed"

    # 調書 (収入額・需要額調書)
    STATEMENT_RECORD_OPENED = "statement:record:opened"
    STATEMENT_RECORD_SAVED = "statement:record:saved"
    STATEMENT_SOURCE_CHOSEN = "statement:source:chosen"
    STATEMENT_CATEGORY_COMPUTED = "statement:category:computed"
    STATEMENT_RECORD_FORWARDED = "statement:record:forwarded"
    STATEMENT_RECORD_RETURNED = "statement:record:returned"
    STATEMENT_RECORD_REVIEWED = "statement:record:reviewed"
    STATEMENT_CATEGORY_PROPOSED = "statement:category:proposed"
    STATEMENT_CATEGORY_WITHDRAWN = "statement:category:withdrawn"
    STATEMENT_CATEGORY_DECIDED = "statement:category:decided"
    STATEMENT_NOTICE_ISSUED = "statement:notice:issued"
    STATEMENT_PROVISIONAL_DECIDED = "statement:provisional:decided"
    STATEMENT_REDETERMINATION_OPENED = "statement:redetermination:opened"
    STATEMENT_REDETERMINATION_WITHDRAWN = "statement:redetermination:withdrawn"

    # 経費 (expenses)
    EXPENSE_RECORD_ENTERED = "expense:record:entered"
    EXPENSE_RECORD_CHANGED = "expense:record:changed"
    EXPENSE_RECORD_REMOVED = "expense:record:removed"
    EXPENSE_OUTSIDE_ENTERED = "expense:outside:entered"
    EXPENSE_OUTSIDE_REMOVED = "expense:outside:removed"

    # 支給 (payment rounds)
    ROUND_RECORD_OPENED = "round:record:opened"
    ROUND_MEMBERS_CALCULATED = "round:members:calculated"
    ROUND_PAYMENTS_CALCULATED = "round:payments:calculated"
    ROUND_PAYMENTS_APPROVED = "round:payments:approved"
    ROUND_PAYMENTS_RELEASED = "round:payments:released"
    ROUND_RECOVERY_ACCEPTED = "round:recovery:accepted"
    ROUND_PAYER_CHANGED = "round:payer:changed"
    ROUND_FILE_MADE = "round:file:made"

    # 年度定義 (a board's own revisions of a year pack)
    YEARPACK_REVISION_OPENED = "yearpack:revision:opened"
    YEARPACK_REVISION_CHANGED = "yearpack:revision:changed"
    YEARPACK_REVISION_PROPOSED = "yearpack:revision:proposed"
    YEARPACK_REVISION_RETURNED = "yearpack:revision:returned"
    YEARPACK_REVISION_APPROVED = "yearpack:revision:approved"
    YEARPACK_REVISION_RECALLED = "yearpack:revision:recalled"
    YEARPACK_REVISION_WITHDRAWN = "yearpack:revision:withdrawn"
    YEARPACK_ROW_ACCEPTED = "yearpack:row:accepted"
    YEARPACK_WORKBOOK_MADE = "yearpack:workbook:made"
    YEARPACK_WORKBOOK_RECEIVED = "yearpack:workbook:received"
    YEARPACK_WORKBOOK_APPLIED = "yearpack:workbook:applied"
    YEARPACK_FORCE_PROPOSED = "yearpack:force:proposed"
    YEARPACK_FORCE_APPROVED = "yearpack:force:approved"
    YEARPACK_FORCE_RETURNED = "yearpack:force:returned"
    YEARPACK_FORCE_WITHDRAWN = "yearpack:force:withdrawn"

    # 試算・照合 (sandbox runs, nightly replay)
    IMPACT_RUN_REQUESTED = "impact:run:requested"
    IMPACT_RUN_FINISHED = "impact:run:finished"
    IMPACT_RUN_REMOVED = "impact:run:removed"
    REPLAY_NIGHT_FINISHED = "replay:night:finished"
    REPLAY_DIFFERENCE_FOUND = "replay:difference:found"

    # 印刷・持出し (prints and exports)
    PRINT_NOTICE_MADE = "print:notice:made"
    PRINT_STATEMENT_MADE = "print:statement:made"
    PRINT_CALCULATION_MADE = "print:calculation:made"
    PRINT_PAYMENT_MADE = "print:payment:made"
    PRINT_LEDGER_MADE = "print:ledger:made"
    PRINT_SLIP_MADE = "print:slip:made"
    PRINT_REPORT_MADE = "print:report:made"
    PRINT_RECORDS_MADE = "print:records:made"
    PRINT_WORDING_PROPOSED = "print:wording:proposed"
    PRINT_WORDING_APPROVED = "print:wording:approved"
    PRINT_WORDING_WITHDRAWN = "print:wording:withdrawn"
    EXPORT_TABLE_MADE = "export:table:made"
    EXPORT_FILE_DOWNLOADED = "export:file:downloaded"
    EXPORT_TRAIL_MADE = "export:trail:made"

    # 処理 (long work)
    JOB_RUN_REQUESTED = "job:run:requested"
    JOB_RUN_STARTED = "job:run:started"
    JOB_RUN_RESUMED = "job:run:resumed"
    JOB_RUN_FINISHED = "job:run:finished"
    JOB_RUN_FAILED = "job:run:failed"
    JOB_RUN_CANCELLED = "job:run:cancelled"
    JOB_MESSAGE_REFUSED = "job:message:refused"

    # 運用 (console)
    CONSOLE_PREFECTURE_ONBOARDED = "console:prefecture:onboarded"
    CONSOLE_MANAGER_RESTATED = "console:manager:restated"
    CONSOLE_STEP_DONE = "console:step:done"
    CONSOLE_STEP_FAILED = "console:step:failed"
    CONSOLE_STATE_CHANGED = "console:state:changed"
    CONSOLE_ADAPTER_CONFIGURED = "console:adapter:configured"
    CONSOLE_ADAPTER_CHECKED = "console:adapter:checked"
    CONSOLE_ADAPTER_REQUESTED = "console:adapter:requested"
    CONSOLE_ADAPTER_WITHDRAWN = "console:adapter:withdrawn"
    CONSOLE_ADAPTER_OFFERED = "console:adapter:offered"
    CONSOLE_ADAPTER_IMPORTED = "console:adapter:imported"
    CONSOLE_ADAPTER_ACTIVATED = "console:adapter:activated"
    CONSOLE_SCHEMA_MISSING = "console:schema:missing"
    CONSOLE_LOGIN_RESTORED = "console:login:restored"
    CONSOLE_BACKUP_DONE = "console:backup:done"
    CONSOLE_KEY_ROTATED = "console:key:rotated"
    CONSOLE_PREFECTURE_SHREDDED = "console:prefecture:shredded"

    # 利用者 (accounts)
    ACCOUNT_USER_CREATED = "account:user:created"
    ACCOUNT_USER_CHANGED = "account:user:changed"
    ACCOUNT_USER_DISABLED = "account:user:disabled"
    ACCOUNT_ROLE_ASSIGNED = "account:role:assigned"
    ACCOUNT_ROLE_ENDED = "account:role:ended"
    ACCOUNT_ACTIVATION_ISSUED = "account:activation:issued"
    ACCOUNT_PASSWORD_CHANGED = "account:password:changed"  # noqa: S105 - a word, no secret
    ACCOUNT_FACTOR_CHANGED = "account:factor:changed"
    ACCOUNT_LOCK_CLEARED = "account:lock:cleared"
    ACCOUNT_TRAINING_RECORDED = "account:training:recorded"
    ACCOUNT_APPROVER_RESTORED = "account:approver:restored"
    ACCOUNT_SECTION_CHANGED = "account:section:changed"
    ACCOUNT_REQUEST_MADE = "account:request:made"
    ACCOUNT_REQUEST_APPROVED = "account:request:approved"
    ACCOUNT_REQUEST_REFUSED = "account:request:refused"
    ACCOUNT_REQUEST_WITHDRAWN = "account:request:withdrawn"
    ACCOUNT_TRANSFER_PROPOSED = "account:transfer:proposed"
    ACCOUNT_TRANSFER_APPROVED = "account:transfer:approved"
    ACCOUNT_TRANSFER_WITHDRAWN = "account:transfer:withdrawn"
    ACCOUNT_TOKENS_LOADED = "account:tokens:loaded"
    ACCOUNT_TOKEN_ASSIGNED = "account:token:assigned"  # noqa: S105 - a word, no secret
    ACCOUNT_TOKEN_RETURNED = "account:token:returned"  # noqa: S105 - a word, no secret
    ACCOUNT_TOKEN_LOST = "account:token:lost"  # noqa: S105 - a word, no secret
    ACCOUNT_RULE_CHANGED = "account:rule:changed"
    ACCOUNT_PLACE_CHANGED = "account:place:changed"
    ACCOUNT_DUTIES_ACKNOWLEDGED = "account:duties:acknowledged"

    # 運用事業者の立入り
    VENDOR_WINDOW_OPENED = "vendor:window:opened"
    VENDOR_WINDOW_REFUSED = "vendor:window:refused"
    VENDOR_WINDOW_CLOSED = "vendor:window:closed"
    VENDOR_ENTRY_REFUSED = "vendor:entry:refused"
    VENDOR_VISIT_BEGUN = "vendor:visit:begun"
    VENDOR_PAGE_OPENED = "vendor:page:opened"
    VENDOR_VISIT_ENDED = "vendor:visit:ended"

    # 業務日時 (the calendar the watch compares with)
    CALENDAR_HOURS_CHANGED = "calendar:hours:changed"
    CALENDAR_OVERTIME_NOTIFIED = "calendar:overtime:notified"

    # 見守り (alerts and their review)
    ALERT_RECORD_RAISED = "alert:record:raised"
    ALERT_RECORD_CONFIRMED = "alert:record:confirmed"
    ALERT_RECORD_NOTIFIED = "alert:record:notified"
    ALERT_OPERATOR_ASKED = "alert:operator:asked"
    ALERT_OPERATOR_ANSWERED = "alert:operator:answered"
    ALERT_RECORD_JUDGED = "alert:record:judged"
    ALERT_RECORD_CLOSED = "alert:record:closed"
    ALERT_RECORD_REOPENED = "alert:record:reopened"
    ALERT_DEADLINE_PASSED = "alert:deadline:passed"
    ALERT_TERM_REMINDED = "alert:term:reminded"
    ALERT_RECORD_ESCALATED = "alert:record:escalated"
    ALERT_MONTH_SIGNED = "alert:month:signed"

    # 記録の保全 (the trail itself: heads handed out, writes compared, months disposed of, requests about it)
    TRAIL_HEAD_HANDED = "trail:head:handed"
    TRAIL_HEAD_FAILED = "trail:head:failed"
    TRAIL_RECEIVER_CHANGED = "trail:receiver:changed"
    TRAIL_MONTH_DISPOSED = "trail:month:disposed"
    TRAIL_LOST_MONTH_DISPOSED = "trail:lost_month:disposed"
    TRAIL_WITNESS_AGREED = "trail:witness:agreed"
    TRAIL_WITNESS_DIFFERED = "trail:witness:differed"
    TRAIL_EVENT_REFUSED = "trail:event:refused"
    TRAIL_REQUEST_RECEIVED = "trail:request:received"
    TRAIL_REQUEST_ANSWERED = "trail:request:answered"
    PRINT_DISCLOSURE_MADE = "print:disclosure:made"

    # 見守りの設定
    WATCH_THRESHOLD_CHANGED = "watch:threshold:changed"
    WATCH_EXCEPTION_ADDED = "watch:exception:added"
    WATCH_EXCEPTION_ENDED = "watch:exception:ended"
    WATCH_LOOSENING_PROPOSED = "watch:loosening:proposed"
    WATCH_LOOSENING_WITHDRAWN = "watch:loosening:withdrawn"
    WATCH_CANARY_PLACED = "watch:canary:placed"
    WATCH_CANARY_REMOVED = "watch:canary:removed"

    # 事案 (漏えい等事案 and its reports)
    INCIDENT_RECORD_OPENED = "incident:record:opened"
    INCIDENT_NUMBERS_FROZEN = "incident:numbers:frozen"
    INCIDENT_PURPOSE_MARKED = "incident:purpose:marked"
    INCIDENT_PRELIMINARY_REPORTED = "incident:preliminary:reported"
    INCIDENT_FINAL_REPORTED = "incident:final:reported"
    INCIDENT_REPORT_WAIVED = "incident:report:waived"
    INCIDENT_TERM_REMINDED = "incident:term:reminded"
    INCIDENT_DEADLINE_PASSED = "incident:deadline:passed"


def wording(event: Event) -> Wording:
    """The Japanese words of an event."""
    return WORDING[event.value]


def label(event: Event) -> str:
    """The short Japanese name of an event, as lists and filters show it."""
    return wording(event).label


def events_with_prefix(prefix: str) -> list[Event]:
    """Every event whose value is ``prefix`` or begins with it at a word boundary (``read`` or ``read:search``)."""
    stem = prefix.rstrip(":")
    return [event for event in Event if event.value == stem or event.value.startswith(f"{stem}:")]
