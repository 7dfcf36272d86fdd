"""A process that writes to a watched table and is killed (SIGKILL) before its event and its commit."""

from __future__ import annotations

import os
import signal

import django


def main() -> None:
    django.setup()
    from django.db import transaction

    from domain.payments.models import PayerAccount
    from tenants.core.context import gateway_context, prefecture_context
    from tenants.core.models import Prefecture

    with gateway_context():
        prefecture = Prefecture.objects.get(slug="kou")
    with prefecture_context(prefecture), transaction.atomic():
        PayerAccount.objects.create(requester_name="ｻﾝﾌﾟﾙ")
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
