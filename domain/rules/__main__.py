"""`python -m domain.rules assess|pay < case.json`, `python -m domain.rules check <pack> [overlays]`."""

from __future__ import annotations

import sys

from domain.rules.commands import run
from domain.rules.pay_command import run_pay


def main() -> int:
    """Reads standard input when the command needs it and prints the answer."""
    arguments = sys.argv[1:]
    text = (
        sys.stdin.buffer.read().decode("utf-8", "replace")
        if arguments[:1] in (["assess"], ["pay"], ["impact"], ["replay"])
        else ""
    )
    if arguments == ["pay"]:
        code, answer, refusal = run_pay(text)
        sys.stdout.buffer.write(answer.encode())
        sys.stderr.buffer.write(refusal.encode())
        return code
    code, answer = run(arguments, text)
    sys.stdout.buffer.write(f"{answer}\n".encode())
    return code


if __name__ == "__main__":
    sys.exit(main())
