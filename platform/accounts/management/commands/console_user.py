"""`manage.py console_user`: people of the operating console, made as the owner login.

No role of the console manages accounts, so no operator can make a second one of themselves: whoever can run this command
already holds the databases. It prints an activation code once.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import services
from accounts.errors import AccountError
from accounts.models import User
from accounts.roles import CONSOLE_ROLES, Role
from accounts.services.attempts import canonical_username
from audit.trail.actors import Actor, ActorKind, acting_as
from tenants.core.context import console_context
from tenants.core.provisioning import NotOwner, require_owner


class Command(BaseCommand):
    help = "運用コンソールの利用者を登録し、利用開始コードを一度だけ表示します（所有者の接続で実行します）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="職員ID")
        parser.add_argument("--name", default="", help="氏名（新しい利用者に必要）")
        parser.add_argument("--role", choices=sorted(CONSOLE_ROLES), help="付与する役割（新しい利用者に必要）")
        parser.add_argument("--stop", action="store_true", help="利用を停止する（コードは発行しません）")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            require_owner()
            with console_context(), acting_as(Actor(ActorKind.COMMAND, "console_user", "利用者コマンド", "")):
                self.stdout.write(_act(options["username"], options["name"], options["role"], stop=options["stop"]))
        except (AccountError, NotOwner) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error


@transaction.atomic
def _act(username: str, name: str, role: str | None, *, stop: bool) -> str:
    user = User.objects.filter(username=canonical_username(username)).first()
    if stop:
        if user is None:
            raise CommandError("その職員IDの利用者はいません。職員IDを確かめてください。")
        services.disable_user(user)
        return f"{user.username} の利用を停止しました。"
    if user is None:
        if not name.strip() or role is None:
            raise CommandError("新しい利用者には --name と --role が必要です。")
        user = services.create_user(username, name)
    if role is not None and not user.role_assignments.filter(role=role, ends_on=None).exists():
        services.assign_role(user, Role(role))
    return f"{user.username}  利用開始コード: {services.issue_activation_code(user)}（24時間、1回だけ使えます）"
