"""The acts of this room: one function is one act, one transaction, and its trail events."""

from accounts.services.activation import (
    declare_lost,
    issue_activation_code,
    may_issue_code,
    person_enrolling,
    redeem_activation_code,
    why_no_code,
)
from accounts.services.enrolment import confirm_totp, enrol_totp, issue_backup_codes, set_first_password
from accounts.services.housekeeping import tidy
from accounts.services.login import check_password_login, complete_login
from accounts.services.otp import verify_backup_code, verify_totp
from accounts.services.passwords import change_password
from accounts.services.people import change_user, clear_throttles, create_user, disable_user, enable_user
from accounts.services.roles import assign_role, end_role, named_roles_by_two, record_training, shorten_role
from accounts.services.sessions import (
    begin_revealing_anew,
    count_revealed,
    disown_session,
    end_expired_sessions,
    end_live_session,
    end_session,
)

__all__ = [
    "assign_role",
    "begin_revealing_anew",
    "change_password",
    "change_user",
    "check_password_login",
    "clear_throttles",
    "complete_login",
    "confirm_totp",
    "count_revealed",
    "create_user",
    "declare_lost",
    "disable_user",
    "disown_session",
    "enable_user",
    "end_expired_sessions",
    "end_live_session",
    "end_role",
    "end_session",
    "enrol_totp",
    "issue_activation_code",
    "issue_backup_codes",
    "may_issue_code",
    "named_roles_by_two",
    "person_enrolling",
    "record_training",
    "redeem_activation_code",
    "set_first_password",
    "shorten_role",
    "tidy",
    "verify_backup_code",
    "verify_totp",
    "why_no_code",
]
