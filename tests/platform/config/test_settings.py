"""Settings modules as processes see them: production refuses to start half configured; none loosens the guard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.management_checks import PRODUCTION

ROOT = Path(__file__).resolve().parents[3]


def start(settings: dict[str, str], code: str = "import django; django.setup()") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SHOREI_", "TESTS_"))}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment | settings, capture_output=True, text=True, check=False
    )


def test_production_starts_when_complete() -> None:
    done = start(PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name.startswith("SHOREI_")])
def test_production_names_what_is_missing(name: str) -> None:
    done = start({key: value for key, value in PRODUCTION.items() if key != name})
    assert done.returncode != 0
    assert name in done.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SHOREI_MASTER_KEY": "development-only:0123456789"}, "SHOREI_MASTER_KEY"),
        ({"SHOREI_SECRET_KEY": "qzqzqz"}, "SHOREI_SECRET_KEY"),
        ({"SHOREI_DATABASE_PORT": "many"}, "SHOREI_DATABASE_PORT"),
        ({"SHOREI_DEBUG": "1"}, "SHOREI_DEBUG"),
        ({"SHOREI_BROKER_URL": "amqp://broker.invalid"}, "SHOREI_BROKER_URL"),
        ({"SHOREI_CACHE_URL": "redis://cache.invalid"}, "SHOREI_CACHE_URL"),
    ],
)
def test_production_refuses(change: dict[str, str], named: str) -> None:
    done = start(PRODUCTION | change)
    assert done.returncode != 0
    assert named in done.stderr
    assert next(iter(change.values())) not in done.stderr or named == "SHOREI_DEBUG"


@pytest.mark.parametrize("module", ["base", "embedded", "testing", "production", "offline"])
def test_no_settings_module_touches_the_guard(module: str) -> None:
    text = (ROOT / "platform" / "config" / "settings" / f"{module}.py").read_text()
    assert "MIDDLEWARE" not in text or module == "base"
    if module == "base":
        for name in ("GuardMiddleware", "OTPMiddleware", "HostMiddleware"):
            assert name in text
    assert "DEBUG = True" not in text


def test_development_helpers_refuse_in_production() -> None:
    code = "import django; django.setup();from accounts.demo import require_development;require_development()"
    done = start(PRODUCTION, code)
    assert done.returncode != 0
    assert "DevelopmentOnly" in done.stderr


def test_in_production_nothing_is_called_that_is_not_named() -> None:
    """Not even a port of the own machine: what people type in would make our servers knock there."""
    code = "import django; django.setup();from django.conf import settings as s;print(s.ATENA_ALLOWED_HOSTS, s.TRAIL_RECEIVER_HOSTS)"
    assert start(PRODUCTION, code).stdout.strip() == "[] []"
    named = start(PRODUCTION | {"SHOREI_TRAIL_RECEIVER_HOSTS": "log.example.jp, LOG2.example.jp"}, code)
    assert named.stdout.strip() == "[] ['log.example.jp', 'log2.example.jp']"


def test_inside_one_authority_alone_is_believed_and_one_code_counts() -> None:
    """Database, audit database, broker and cache: verified, by the file that is named and no other (ASVS 12.3.4); and a
    one-time password is good for its own 30 seconds unless somebody decides otherwise (6.5.5)."""
    code = (
        "import django; django.setup();from django.conf import settings as s;"
        "o = s.DATABASES['default']['OPTIONS']; c = s.CACHES['default']['OPTIONS']; a = s.AUDIT_DATABASE;"
        "print(o['sslmode'], a['sslmode'], c['ssl_cert_reqs'], s.BROKER_USE_SSL['cert_reqs'].name, s.OTP_TOLERANCE_STEPS,"
        "*{o['sslrootcert'], a['sslrootcert'], c['ssl_ca_certs'], s.BROKER_USE_SSL['ca_certs']})"
    )
    told = start(PRODUCTION, code).stdout.strip()
    assert told == f"verify-full verify-full required CERT_REQUIRED 0 {PRODUCTION['SHOREI_INTERNAL_CA']}"
