"""`manage.py upgrade`: bring the console and every prefecture to the code's migrations (as the owner login)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tenants.core import provisioning
from tenants.core.models import Prefecture


class Command(BaseCommand):
    help = "Migrate the public schema and every prefecture that lags behind; renew logins and grants."

    def handle(self, *args: Any, **options: Any) -> None:
        provisioning.upgrade_public()
        for prefecture in Prefecture.objects.order_by("code"):
            provisioning.create_schema(prefecture)
            changed = provisioning.migrate(prefecture)
            provisioning.open_login(prefecture)
            provisioning.ensure_scope_key(prefecture.schema_name, prefecture.schema_name)
            self.stdout.write(f"{prefecture.name}: {'migrated' if changed else 'up to date'}")
