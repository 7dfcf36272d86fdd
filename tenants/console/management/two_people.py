"""Commands for which two operators of the console stand at the terminal, each with a one-time password of the moment."""

from __future__ import annotations

import getpass
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services.otp import verify_totp
from tenants.core.context import console_context


class TwoPeopleCommand(BaseCommand):
    """What can never be undone, or makes somebody powerful, is not for one person to say."""

    nothing_done = "何も破棄していません。"

    def two_people(self, first: str, second: str) -> tuple[str, str]:
        """Their names, once both gave a one-time password. Raises CommandError; a code is used up only when the two differ."""
        if not first or not second or first == second:
            raise CommandError(f"別々の運用者2人の職員IDが必要です。{self.nothing_done}")
        return self._confirmed(first), self._confirmed(second)

    def _confirmed(self, username: str) -> str:
        """The name of an operator of the console who gave a one-time password just now."""
        with console_context():
            user = User.objects.filter(username=username).first()
            if user is None or not any(role.role == Role.OPERATOR for role in user.roles_today):
                raise CommandError(f"{username} は運用者ではありません。")
            if not user.is_current(timezone.localdate()):
                raise CommandError(f"{username} は利用を終えた人です。{self.nothing_done}")
            code = self._asked(f"{user.display_name}のワンタイムパスワード: ", secret=True)
            if not verify_totp(user, code, "step_up").is_accepted:
                raise CommandError(f"{user.display_name}のワンタイムパスワードが違います。{self.nothing_done}")
            return f"{user.display_name}（{username}）"

    def _asked(self, question: str, *, secret: bool = False) -> str:
        if secret and sys.stdin.isatty():
            return getpass.getpass(question).strip()
        self.stdout.write(question, ending="")
        self.stdout.flush()
        return input().strip()
