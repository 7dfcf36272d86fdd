"""Lays out the base cluster of the suite: console, and the two prefectures that isolation tests play against each other."""

from __future__ import annotations

import os

import django

PREFECTURES = (
    ("290009", "サンプル甲県", "kou"),
    ("270008", "サンプル乙府", "otsu"),
)
FIRST_MANAGER = ("hatsuko", "サンプル 初子")


def main() -> None:
    django.setup()
    from django.conf import settings

    from ops.provision import lay_out_databases
    from tests.support.cluster import PASSWORD

    lay_out_databases(settings, superuser_password=PASSWORD, port=int(os.environ["TESTS_POSTGRES_PORT"]))
    from tenants.console.first_manager import FirstManager
    from tenants.console.onboarding import PrefectureRequest, onboard
    from tenants.core.provisioning import upgrade_public

    upgrade_public()
    for code, name, slug in PREFECTURES:
        onboard(PrefectureRequest(code, name, slug, 2025, FirstManager(*FIRST_MANAGER), sample=True), state="live")


if __name__ == "__main__":
    main()
