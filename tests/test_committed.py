"""What tests that commit leave behind is what the next test finds: its settings, too."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tests.support.committed import committed


def test_rows_that_were_there_are_as_they_were_afterwards(database: None, postgres: Any) -> None:
    from domain.vault.models import VaultSettings

    for _ in range(2):
        with committed(postgres), transaction.atomic():
            assert VaultSettings.objects.get().needs_list
            VaultSettings.objects.update(needs_list=False)
