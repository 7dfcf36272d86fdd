#!/usr/bin/env python3
"""Django's command line with our two import roots (the checkout and platform/) in place."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OFFLINE = {"watch_score"}
"""Commands that need no server."""
REFUSED = {
    "auditlogflush",
    "clearsessions",
    "clone_tenant",
    "delete_domain",
    "delete_tenant",
    "flush",
    "remove_stale_contenttypes",
    "rename_schema",
}
"""Commands of libraries by which one person would delete, rename or copy what two people approve in the pages, leaving no record."""
_MIGRATING = {"migrate", "migrate_schemas"}


def refuse_deletions(arguments: list[str]) -> None:
    """Also where one of them is run inside a schema (`tenant_command`), or tables would go by a migration backwards.

    Raises SystemExit with what to do instead.
    """
    asked = [word for word in arguments if word in REFUSED]
    if "zero" in arguments and _MIGRATING.intersection(arguments):
        asked.append("migrate … zero")
    if asked:
        raise SystemExit(
            f"{asked[0]} は実行できません。何も変更していません。消去は、画面で2人が承認したものだけを行います"
            "（番号の廃棄: 番号の保管、団体の終了: shred_prefecture、表の更新: upgrade）。"
        )


def main() -> None:
    refuse_deletions(sys.argv[1:])
    for folder in (ROOT / "platform", ROOT):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    settings = "offline" if OFFLINE.intersection(sys.argv[1:2]) else "embedded"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"config.settings.{settings}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
