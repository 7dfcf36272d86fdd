"""依頼人口座: the account of ours that transfers are taken from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from domain.households.models import Household


class PayerAccount(models.Model):
    """依頼人: whose account the transfers are taken from, as agreed with the bank. At most one row."""

    requester_code = models.CharField("依頼人コード", max_length=10)
    requester_name = models.CharField("依頼人名カナ", max_length=40)
    bank_code = models.CharField("金融機関コード", max_length=4)
    bank_name = models.CharField("金融機関名カナ", max_length=15)
    branch_code = models.CharField("支店コード", max_length=3)
    branch_name = models.CharField("支店名カナ", max_length=15)
    account_type = models.CharField("預金種目", max_length=1, choices=Household.AccountType.choices)
    account_number = models.CharField("口座番号", max_length=7)
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        app_label = "payments"
        verbose_name = "依頼人口座"
        constraints = [models.CheckConstraint(condition=Q(only=True), name="one_payer_account")]

    def __str__(self) -> str:
        return self.requester_name
