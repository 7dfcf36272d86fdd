"""`python -m domain.rules <command>`: standard input in, standard output out, faults to standard error."""

from __future__ import annotations

import io
import os
import sys

from domain.rules.commands.running import BAD_INPUT, READERS, run, stream_impact


def main() -> int:
    """Reads standard input when the command needs it and prints the answer; exit status as in `commands.running`."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["impact"]:
        return _impact(arguments)
    text = sys.stdin.buffer.read().decode("utf-8-sig", "replace") if arguments[:1] and arguments[0] in READERS else ""
    code, answer = run(arguments, text)
    stream = sys.stderr if code == BAD_INPUT else sys.stdout
    stream.buffer.write(f"{answer}\n".encode("utf-8", "backslashreplace"))
    return code


def _impact(arguments: list[str]) -> int:
    """Lines are read as they come, so that a whole country fits; progress goes to standard error."""

    def tell(done: int) -> None:
        sys.stderr.write(f"{done:,}世帯\n")

    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace", newline="\n")
    code, answer = stream_impact(arguments, lines, os.cpu_count() or 1, tell)
    stream = sys.stderr if code == BAD_INPUT else sys.stdout
    stream.buffer.write(f"{answer}\n".encode("utf-8", "backslashreplace"))
    return code


if __name__ == "__main__":
    sys.exit(main())
