"""`python -m tests.support.unsealed DIR`: the files of every prefecture of a demo, opened, so that a test can search them.

All but the raw exchanges with 統合宛名: those are the sealed record of what went over the wire, numbers included.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ops.demo.environment import set_up


def main() -> None:
    set_up()
    from tenants.core import files
    from tenants.core.context import each_live_prefecture

    target = Path(sys.argv[1])
    for prefecture in each_live_prefecture():
        root = files.storage_root()
        for path in root.rglob("*"):
            relative = path.relative_to(root)
            if path.is_file() and relative.parts[0] != "exchanges":
                opened = target / prefecture.slug / relative
                opened.parent.mkdir(parents=True, exist_ok=True)
                opened.write_bytes(files.read(relative))


if __name__ == "__main__":
    main()
