"""What the console can do."""

from tenants.console.activation import activate, start_due
from tenants.console.adapters import normalised, save_adapter_draft, start_check
from tenants.console.onboarding import PrefectureRequest, change_state, onboard, open_for_tests, register, take_handover

__all__ = [
    "PrefectureRequest",
    "activate",
    "change_state",
    "normalised",
    "onboard",
    "open_for_tests",
    "register",
    "save_adapter_draft",
    "start_check",
    "start_due",
    "take_handover",
]
