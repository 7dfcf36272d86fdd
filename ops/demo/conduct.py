"""Runs the years of the sample prefectures with real workers, and prints the summary. A process of its own (gateway login)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from ops.demo.environment import set_up


def main() -> int:
    set_up()
    from django.conf import settings

    from ops.demo.adapters import put_adapters_in_force
    from ops.demo.course import StageFailed, run_side_by_side
    from ops.demo.people import make_console_people, make_prefecture_people
    from ops.demo.prefectures import SAMPLE_PREFECTURES
    from ops.demo.processes import Processes
    from ops.demo.simulators import start_simulators
    from ops.demo.summary import collect, show
    from ops.demo.workers import start_workers
    from tenants.core.context import console_context, prefecture_context
    from tenants.core.models import Prefecture

    options = _arguments()
    console = Console()
    processes = Processes(settings.VAR)
    start_workers(processes)
    configurations = start_simulators(options.inputs, settings.VAR, processes)
    with console_context():
        make_console_people()
    for sample in SAMPLE_PREFECTURES:
        prefecture = Prefecture.objects.get(code=sample.code)
        with prefecture_context(prefecture):
            make_prefecture_people(_schools(prefecture, options.inputs)[0]["code"])
    prefectures = put_adapters_in_force(configurations)
    try:
        # The largest begins: the others fit in beside it.
        in_order = sorted(prefectures, key=lambda prefecture: -len(_schools(prefecture, options.inputs)))
        run_side_by_side(in_order, partial(_year, inputs=options.inputs), console)
    except StageFailed as error:
        console.print(f"[red]途中で止まりました。[/red] {error}")
        return 1
    summary = collect(prefectures)
    (settings.VAR / "demo" / f"summary-{options.inputs.name}.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True)
    )
    show(summary, console)
    return 0


def _year(prefecture: Any, inputs: Path) -> Iterator[Any]:
    """From its deposit key on, when its turn comes."""
    from domain.vault.services import set_deposit_key
    from integrations.sealed_file import read_key_file
    from ops.demo.year import year

    set_deposit_key(read_key_file(inputs / "numbers.key"))
    yield from year(prefecture, inputs / prefecture.slug)


def _schools(prefecture: Any, inputs: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((inputs / prefecture.slug / "truth.json").read_text())["schools"]
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.demo.conduct", description=__doc__)
    parser.add_argument("--inputs", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
