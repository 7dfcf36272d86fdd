"""`manage.py check_site`: the proxy's TLS and TRACE, the clock, the list of breached passwords; before a place goes live and monthly."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.console.site_check import Door, clock_finding, findings, passwords_finding


class Command(BaseCommand):
    help = (
        "Look at the front door from outside: TLS versions, ciphers, certificate, HSTS, TRACE; at this machine's clock, and at the"
        " list of breached passwords"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("hosts", nargs="*", help="default: the console's; name one prefecture's as well")
        parser.add_argument("--address", help="of the proxy, where the name does not lead there")
        parser.add_argument("--port", type=int, default=443)
        parser.add_argument("--plain-port", type=int, default=80)
        parser.add_argument("--authority", help="certificate file of the authority that people's terminals believe")

    def handle(self, *_: Any, **options: Any) -> None:
        found = [clock_finding(), passwords_finding(settings.BREACHED_PASSWORDS)]
        for host in options["hosts"] or [settings.CONSOLE_HOST]:
            address = options["address"] or host
            found += findings(Door(host, address, options["port"], options["plain_port"], options["authority"]))
        wrong = [one for one in found if one]
        for one in wrong:
            self.stderr.write(one)
        if wrong:
            raise CommandError(f"{len(wrong)}件を直してください。")
        self.stdout.write("配備の点検: 指摘はありません。")
