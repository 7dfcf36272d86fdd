"""What people hand in."""

from __future__ import annotations

from accounts.forms import JapaneseDateField
from domain.households.forms import LimitedFile
from web.forms import Form

MAX_BYTES = 2 * 1024 * 1024


class TransferForm(Form):
    file = LimitedFile("人事異動のファイル", ".xlsx", MAX_BYTES, "人事異動様式のExcelブック（.xlsx）。")
    effective_on = JapaneseDateField(label="異動日", help_text="この日の午前0時から新しい役割になります。")
