"""Installs Debian's chromium and Japanese fonts for the browser tests when it may; else says what will be skipped and why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("chromium", "fonts-noto-cjk")
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def chromium() -> str | None:
    return shutil.which("chromium")


def main() -> int:
    if chromium() and FONT.exists():
        return 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(
            "Browser tests will be skipped: chromium and Japanese fonts are not installed, and only root may install"
            f" Debian packages here. To run them: apt-get install {' '.join(PACKAGES)}",
            file=sys.stderr,
        )
        return 0
    print("Installing Debian's chromium and Japanese fonts for the browser tests …", file=sys.stderr)
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            ["apt-get", *arguments],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            print(f"Browser tests will be skipped: apt-get failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
