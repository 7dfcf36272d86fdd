"""Django's own checks, as a command: deployment checks under production settings, and no model change without its migration."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import certifi

ROOT = Path(__file__).resolve().parents[2]

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SHOREI_SECRET_KEY": "an-example-of-a-key-that-only-this-check-uses-0123456789-abcdefghij",
    "SHOREI_MASTER_KEY": "an-example-master-key-that-only-this-check-uses",
    "SHOREI_DATABASE_HOST": "db.invalid",
    "SHOREI_DATABASE_NAME": "shugaku",
    "SHOREI_AUDIT_DATABASE_NAME": "shugaku_audit",
    "SHOREI_BROKER_URL": "amqps://broker.invalid",
    "SHOREI_CACHE_URL": "rediss://cache.invalid",
    "SHOREI_BASE_DOMAIN": "shugaku.invalid",
    "SHOREI_CONSOLE_HOST": "console.shugaku.invalid",
    "SHOREI_TRUSTED_PROXY": "10.0.0.1",
    "SHOREI_CONSOLE_NETWORKS": "10.99.0.0/24",
    "SHOREI_INTERNAL_CA": certifi.where(),
    "SHOREI_SCANNER": "127.0.0.1:3310",
}


def run(arguments: list[str], environment: dict[str, str]) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SHOREI_", "TESTS_"))}
    subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *arguments], cwd=ROOT, env=inherited | environment, check=True
    )


def main() -> None:
    run(["check", "--deploy", "--fail-level", "WARNING"], PRODUCTION)
    run(["makemigrations", "--check", "--dry-run"], {"DJANGO_SETTINGS_MODULE": "config.settings.testing"})


if __name__ == "__main__":
    main()
