"""Rules about the repository itself."""

from __future__ import annotations

import platform
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_platform_is_a_folder_and_never_a_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert platform.system() == "Linux"


def test_the_lock_has_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links", lock)


def test_every_pinned_package_carries_a_hash() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text())
    pinned = [entry for entry in entries if re.match(r"[a-z0-9][a-z0-9._-]*==", entry)]
    assert len(pinned) > 50
    assert [entry.split("\n")[0] for entry in pinned if "--hash=sha256:" not in entry] == []


def unmerged(text: str) -> list[str]:
    """Lines that an unfinished merge leaves."""
    return re.findall(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$", text, re.MULTILINE)


def test_no_merge_is_left_unfinished() -> None:
    assert unmerged("a\n<<<<<<< here\nb\n=======\nc\n>>>>>>> there\n") == ["<<<<<<< here", ">>>>>>> there"]
    texts = [path for path in tracked() if path.suffix not in {".png", ".pdf", ".otf", ".ttf", ".woff2"}]
    found = {path.name: lines for path in texts if (lines := unmerged(path.read_text(errors="replace")))}
    assert found == {}


def test_no_module_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_every_dependency_says_what_it_is_for() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = [re.split(r"[\[<>=]", each)[0] for each in wanted]
    table = (
        (ROOT / "docs" / "architecture.md").read_text().partition("## Dependencies")[2].partition("\n## ")[0].lower()
    )
    assert [name for name in names if name not in table] == []
