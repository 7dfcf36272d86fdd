"""`manage.py permission_matrix`: writes the matrix of permissions into docs/accounts.md."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.matrix import inserted_into


class Command(BaseCommand):
    help = "権限表を docs/accounts.md に書き込みます。"

    def handle(self, *arguments: Any, **options: Any) -> None:
        page = settings.ROOT / "docs" / "accounts.md"
        page.write_text(inserted_into(page.read_text(encoding="utf-8")), encoding="utf-8")
        self.stdout.write(str(page))
