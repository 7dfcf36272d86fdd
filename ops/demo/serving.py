"""What the demo prints before it serves: where to look and whom to log in as."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from ops.demo.environment import set_up


def main() -> int:
    set_up()
    from django.conf import settings

    from ops.demo.people import CONSOLE_PEOPLE, PREFECTURE_PEOPLE, password
    from ops.demo.prefectures import SAMPLE_PREFECTURES

    port = sys.argv[sys.argv.index("--port") + 1] if "--port" in sys.argv else "8000"
    console = Console()
    table = Table(title="サンプルの画面とアカウント")
    table.add_column("場所")
    table.add_column("職員ID")
    for sample in SAMPLE_PREFECTURES:
        people = ", ".join([*(f"{name}（{role.label}）" for name, _, role in PREFECTURE_PEOPLE), "clerk1（1校のみ）"])
        table.add_row(f"http://{sample.slug}.{settings.BASE_DOMAIN}:{port}/", people)
    table.add_row(
        f"http://{settings.CONSOLE_HOST}:{port}/",
        ", ".join(f"{name}（{role.label}）" for name, _, role in CONSOLE_PEOPLE),
    )
    console.print(table)
    console.print(f"パスワード（全員共通・この環境だけのもの）: {password()}")
    console.print("ワンタイムパスワード: 別の端末で make otp")
    console.print("終わるときは Ctrl-C。サーバーも止めるには make stop")
    return 0


if __name__ == "__main__":
    sys.exit(main())
