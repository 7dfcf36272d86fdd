"""Before the demo serves: the simulators of 統合宛名 answer again, and it prints where to look and whom to log in as."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ops.demo.environment import set_up


def sample_inputs(var: Path) -> Path | None:
    """The folder of the sample people whose year this environment holds; None before the first demo."""
    held = var / "demo" / "held"
    inputs = var / "demo" / held.read_text() if held.exists() else None
    return inputs if inputs is not None and (inputs / "complete").exists() else None


def main() -> int:
    set_up()
    from django.conf import settings

    from ops.demo.adapters import put_adapters_in_force
    from ops.demo.people import CONSOLE_PEOPLE, PREFECTURE_PEOPLE, password
    from ops.demo.prefectures import SAMPLE_PREFECTURES
    from ops.demo.processes import Processes
    from ops.demo.simulators import start_simulators

    if inputs := sample_inputs(settings.VAR):
        put_adapters_in_force(start_simulators(inputs, settings.VAR, Processes(settings.VAR)))
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
