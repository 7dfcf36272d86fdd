"""全銀 総合振込: the 120-byte transfer file that a prefecture hands to its bank.

build_file(sender, transfers, pay_date) -> bytes
parse(data) -> TransferFile
"""

from integrations.bank_transfer.errors import TransferFileError, TransferProblem
from integrations.bank_transfer.kana import refused_characters, to_bank_kana
from integrations.bank_transfer.reader import parse
from integrations.bank_transfer.records import AccountType, Sender, Transfer, TransferFile
from integrations.bank_transfer.writer import build_file

__all__ = [
    "AccountType", "Sender", "Transfer", "TransferFile", "TransferFileError", "TransferProblem", "build_file", "parse",
    "refused_characters", "to_bank_kana",
]  # fmt: skip
