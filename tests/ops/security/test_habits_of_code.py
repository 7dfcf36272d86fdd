"""Habits of the whole code that rows of docs/asvs.md rest on: no processes, no evaluation, approved algorithms, checked peers."""

from __future__ import annotations

import ast
import re
from typing import Any

from tests.ops.security.test_habits import ROOMS, ROOT, imported, modules

STARTS_PROCESSES = {
    "tenants/console/management/commands/atena_simulator.py": "a command of the development tools",
    "tenants/console/management/commands/onboard.py": "a command of the operator; no shell, no word of a page",
}
LOOKS_ALONE = {"tenants/console/site_check.py": "reads the day on a certificate that may be over; sends nothing"}


def our_modules() -> list[tuple[str, ast.Module]]:
    return [(name, tree) for name, tree in modules() if "simulator/" not in name]


def called(tree: ast.Module) -> set[str]:
    """Names of bare calls: `eval(…)`, not `re.compile(…)`."""
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def attributes(tree: ast.Module) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def using(*names: str) -> set[str]:
    """Modules that import one of these, or something of it."""
    return {file for file, tree in our_modules() if any(one.startswith(names) for one in imported(tree))}


def test_no_page_starts_a_process() -> None:
    """ASVS 1.2.5."""
    assert using("subprocess", "pty", "commands") == set(STARTS_PROCESSES)
    started = {"system", "popen", "spawnv", "execv", "posix_spawn", "create_subprocess_shell", "create_subprocess_exec"}
    assert [name for name, tree in our_modules() if attributes(tree) & started] == []


def test_no_text_is_evaluated() -> None:
    """ASVS 1.3.2."""
    forbidden = {"eval", "exec", "compile", "__import__"}
    assert [name for name, tree in our_modules() if called(tree) & forbidden] == []
    assert using("pickle", "marshal", "shelve") == set()


def test_chance_is_the_systems() -> None:
    """ASVS 11.5.1: `secrets` and `os.urandom`, never the generator of `random`."""
    assert using("random") == set()
    assert len(using("secrets")) >= 3


def test_what_is_sealed_is_sealed_with_aes_gcm_and_signed_with_ed25519() -> None:
    """ASVS 11.3.1, 11.3.2, 11.6.1: the low-level ciphers and modes are nowhere imported."""
    by_hand = {
        f"{name}: {node.module}.{alias.name}"
        for name, tree in our_modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cryptography.hazmat.primitives")
        for alias in node.names
        if not re.search(
            r"AESGCM|Ed25519|SHA256|HKDF|hashes|Encoding|Format|load_pem|serialization|NoEncryption", alias.name
        )
    }
    assert by_hand == set()
    assert using("Crypto", "nacl", "Cryptodome") == set()


def test_the_other_side_is_always_asked_for_its_certificate_or_key() -> None:
    """ASVS 12.3.2."""
    off = re.compile(
        r"verify\s*=\s*False|CERT_NONE|_create_unverified_context|known_hosts\s*=\s*None|check_hostname\s*=\s*False"
    )
    found = {name for name, _ in our_modules() if off.search((ROOT / name).read_text(encoding="utf-8"))}
    assert found <= set(LOOKS_ALONE)


def test_nothing_of_an_archive_is_unpacked_to_disk() -> None:
    """ASVS 5.3.3: its entries are read by name in memory, so that no path in one can lead anywhere."""
    unpacking = {"extractall", "extract", "unpack_archive"}
    assert [name for name, tree in our_modules() if attributes(tree) & unpacking] == []
    assert using("tarfile") == set()


def test_every_form_of_a_table_names_its_fields() -> None:
    """ASVS 15.3.3: no field gets in because the model has it."""
    from django.forms import BaseModelForm

    from web.forms import Form  # noqa: F401 - the rooms' forms are loaded with the pages

    def below(kind: type[Any]) -> list[type[Any]]:
        return [kind, *(found for one in kind.__subclasses__() for found in below(one))]

    ours = [
        one for one in below(BaseModelForm) if one.__module__.partition(".")[0] in {*ROOMS, "accounts", "jobs", "web"}
    ]
    named = [getattr(one, "_meta", None) for one in ours]
    fitting = [meta for meta in named if meta is not None and meta.model is not None]
    assert len(fitting) >= 2
    assert all(isinstance(meta.fields, tuple | list) and meta.exclude is None for meta in fitting)


def test_no_template_writes_data_into_a_script() -> None:
    """ASVS 1.2.3: scripts are files of ours; what they need stands escaped in attributes."""
    templates = [path for room in ROOMS for path in (ROOT / room).glob("**/templates/**/*.html")]
    assert len(templates) > 100
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son\w+\s*=\s*[\"']|javascript:", re.IGNORECASE)
    assert [path.name for path in templates if inline.search(path.read_text(encoding="utf-8"))] == []


def test_no_script_hinders_pasting_and_every_password_is_covered() -> None:
    """ASVS 6.2.6, 6.2.7."""
    from django.forms import CharField, PasswordInput

    from accounts import forms

    scripts = [path for room in ROOMS for path in (ROOT / room).glob("**/static/**/*.js") if "vendor" not in path.parts]
    takes = {path.name for path in scripts if re.search(r"[\"']paste[\"']|onpaste", path.read_text(encoding="utf-8"))}
    assert takes <= {"grid.js"}, "it fills the cells of a table with what was copied from a workbook"
    kinds = [one for one in vars(forms).values() if isinstance(one, type) and hasattr(one, "base_fields")]
    fields = {(one, name): field for one in kinds for name, field in one.base_fields.items()}
    covered = {name for (_, name), field in fields.items() if isinstance(field, CharField) and name in SECRET}
    assert covered == SECRET
    assert all(isinstance(field.widget, PasswordInput) for (_, name), field in fields.items() if name in SECRET)


SECRET = {"password", "again", "current"}


def test_the_policy_names_no_other_origin_and_no_inline_script() -> None:
    """ASVS 3.4.3, 14.2.3: a page loads nothing from anybody else, and so tells nobody of itself."""
    from csp.constants import NONE, SELF
    from django.conf import settings

    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == [NONE]
    assert {source for sources in policy.values() for source in sources} == {NONE, SELF, "data:"}
    assert [name for name, sources in policy.items() if "data:" in sources] == ["img-src"]
