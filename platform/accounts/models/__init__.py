"""People, their roles, their factors, and their sessions. One set of tables per schema: a prefecture's, or the console's."""

from accounts.models.activation import ActivationCode
from accounts.models.devices import BackupCode, BackupCodeDevice, TotpDevice
from accounts.models.drafts import InputDraft
from accounts.models.notices import FactorNotice
from accounts.models.passwords import PasswordTerm
from accounts.models.people import RoleAssignment, User
from accounts.models.places import RegisteredTerminal, TenantNetwork
from accounts.models.requests import AccountRequest, DutyAcknowledgement
from accounts.models.sections import Section
from accounts.models.sessions import EndReason, SessionRecord
from accounts.models.throttles import GuessLedger, LoginThrottle
from accounts.models.tokens import HardwareToken
from accounts.models.uploads import UploadTally
from accounts.models.vendor import VendorPass, VendorVisit, VendorWindow

__all__ = [
    "AccountRequest",
    "ActivationCode",
    "BackupCode",
    "BackupCodeDevice",
    "DutyAcknowledgement",
    "EndReason",
    "FactorNotice",
    "GuessLedger",
    "HardwareToken",
    "InputDraft",
    "LoginThrottle",
    "PasswordTerm",
    "RegisteredTerminal",
    "RoleAssignment",
    "Section",
    "SessionRecord",
    "TenantNetwork",
    "TotpDevice",
    "UploadTally",
    "User",
    "VendorPass",
    "VendorVisit",
    "VendorWindow",
]
