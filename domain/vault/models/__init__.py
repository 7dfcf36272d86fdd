"""Tables of the vault."""

from domain.vault.models.keeping import (
    KeyRotation,
    NumberConflict,
    PurgeLine,
    PurgeRun,
    RevealList,
    RevealListMember,
    SettingsChange,
    VaultSettings,
)
from domain.vault.models.numbers import DepositKey, NumberDeposit, NumberProblem, PersonNumber

__all__ = [
    "DepositKey", "KeyRotation", "NumberConflict", "NumberDeposit", "NumberProblem", "PersonNumber", "PurgeLine",
    "PurgeRun", "RevealList", "RevealListMember", "SettingsChange", "VaultSettings",
]  # fmt: skip
