"""`python -m domain.rules <command>`: standard input in, standard output out, faults to standard error."""

from __future__ import annotations

import sys

from domain.rules.commands import BAD_INPUT, READERS, run
from domain.rules.pay_command import run_pay


def main() -> int:
    """Reads standard input when the command needs it and prints the answer; exit status as in `commands`."""
    arguments = sys.argv[1:]
    text = sys.stdin.buffer.read().decode("utf-8-sig", "replace") if arguments[:1] and arguments[0] in READERS else ""
    if arguments == ["pay"]:
        code, answer, refusal = run_pay(text)
        sys.stdout.buffer.write(answer.encode())
        sys.stderr.buffer.write(refusal.encode("utf-8", "backslashreplace"))
        return code
    code, answer = run(arguments, text)
    stream = sys.stderr if code == BAD_INPUT else sys.stdout
    stream.buffer.write(f"{answer}\n".encode("utf-8", "backslashreplace"))
    return code


if __name__ == "__main__":
    sys.exit(main())
