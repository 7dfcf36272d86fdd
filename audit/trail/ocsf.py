"""Events in the names of the Open Cybersecurity Schema Framework (OCSF), as security products of others read them.

Classes used: Authentication (3002) for log-ins, Datastore Activity (6005) for what was read or taken out, Web Resources
Activity (6001) for what was done. What OCSF has no name for stands below ``unmapped``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from audit.trail.actors import roles_in
from audit.trail.labels import WORDING

VERSION = "1.4.0"
_READS = {"read": 1, "print": 1, "export": 1, "number": 1}
_SEARCH, _LOGON, _LOGOFF, _OTHER = 4, 1, 2, 99
_ACTIVITY = {
    "created": 1, "opened": 1, "entered": 1, "registered": 1, "received": 1, "stored": 1,
    "changed": 3, "saved": 3, "corrected": 3, "replaced": 3, "applied": 3, "approved": 3, "settled": 3,
    "removed": 4, "deleted": 4, "discarded": 4, "erased": 4, "disposed": 4,
}  # fmt: skip
_FAILURES = ("failed", "refused", "throttled")
_USER_TYPES = {"person": 1, "job": 3, "command": 2, "system": 3}


def as_ocsf(event: Mapping[str, Any], seq: int | None = None) -> dict[str, Any]:
    """One event (a row of ``sealing.leaves``) as an OCSF object. ``seq``: its number in the sealed chain."""
    group, middle, action = event["event"].split(":")
    class_uid, activity = _class_and_activity(group, middle, action)
    words = WORDING.get(event["event"])
    failed = action in _FAILURES
    return {
        "class_uid": class_uid,
        "category_uid": class_uid // 1000,
        "activity_id": activity,
        "type_uid": class_uid * 100 + activity,
        "time": round(datetime.fromisoformat(event["occurred_at"]).timestamp() * 1000),
        "severity_id": 3 if failed else 1,
        "status_id": 2 if failed else 1,
        "message": words.label if words else event["event"],
        "metadata": {
            "version": VERSION,
            "product": {"name": "特別支援教育就学奨励費システム", "vendor_name": "shugaku"},
            "uid": event["id"],
            "event_code": event["event"],
            "sequence": seq,
            "tenant_uid": event["prefecture_code"],
            "logged_time": round(datetime.fromisoformat(event["recorded_at"]).timestamp() * 1000),
        },
        "actor": {
            "user": {
                "uid": event["actor_id"],
                "name": event["actor_name"],
                "type_id": _USER_TYPES.get(event["actor_kind"], 0),
                "groups": [{"name": role} for role in roles_in(event["actor_role"])],
            },
            "session": {"uid": event["session"]},
        },
        "src_endpoint": {"uid": event["terminal"]},
        "resources": [{"type": subject["kind"], "uid": subject["id"]} for subject in event["subjects"]],
        "unmapped": {
            "allowed_by": event["allowed_by"],
            "duty": event["duty"],
            "case": event["case_ref"],
            "job": event["job_id"],
            "detail": event["detail"],
        },
    }


def _class_and_activity(group: str, middle: str, action: str) -> tuple[int, int]:
    if group == "session":
        ends = (middle, action) in {("logout", "done"), ("timeout", "done"), ("other", "ended")}
        return 3002, _LOGOFF if ends else _LOGON if middle in ("login", "password", "otp") else _OTHER
    if group in _READS and action not in ("stored", "deleted", "changed"):
        return 6005, _SEARCH if middle == "search" else _READS[group]
    return 6001, _ACTIVITY.get(action, _OTHER)
