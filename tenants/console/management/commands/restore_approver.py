"""`manage.py restore_approver`: where nobody of a prefecture can approve any more. Two operators, each with a one-time password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.errors import AccountError
from accounts.roles import Role
from accounts.services import standing
from audit.trail.actors import Actor, ActorKind, acting_as
from tenants.console.management.two_people import TwoPeopleCommand
from tenants.core.context import prefecture_context
from tenants.core.models import Prefecture
from tenants.core.provisioning import NotOwner, require_owner


class Command(TwoPeopleCommand):
    help = (
        "利用者の申請を承認できる人がいなくなった団体で、1人に役割を付与し、要るときは利用開始コードを一度だけ表示します"
        "（所有者の接続で、運用者2人が実行します）。"
    )
    nothing_done = "何も変更していません。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="団体コード")
        parser.add_argument("username", help="役割を付与する人の職員ID（団体が文書で申し出た人）")
        parser.add_argument("first", help="1人目の運用者の職員ID")
        parser.add_argument("second", help="2人目の運用者の職員ID")
        parser.add_argument("--name", default="", help="氏名（新しい利用者に必要）")
        parser.add_argument(
            "--role",
            choices=sorted(standing.ASKING | standing.APPROVING),
            default=Role.TENANT_ADMIN,
            help="付与する役割",
        )

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            require_owner()
            prefecture = Prefecture.objects.filter(code=options["code"]).first()
            if prefecture is None:
                raise CommandError(f"団体コード {options['code']} の団体はありません。")
            self.stdout.write(self._restored(prefecture, **options))
        except (AccountError, NotOwner) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def _restored(
        self, prefecture: Prefecture, *, username: str, first: str, second: str, name: str, role: str, **_: Any
    ) -> str:
        people = self.two_people(first, second)
        actor = Actor(ActorKind.COMMAND, "restore_approver", "・".join(people), "")
        with prefecture_context(prefecture), acting_as(actor):
            user, activation = standing.restore_approver(username, Role(role), name)
        said = f"{prefecture.name}の{user.username} に「{Role(role).label}」を付与しました。"
        return f"{said}利用開始コード: {activation}（24時間、1回だけ使えます）" if activation else said
