"""`manage.py otp`: the current one-time passwords of the demo accounts. Development settings only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from accounts import demo
from accounts.errors import DevelopmentOnly
from tenants.core.context import console_context, each_live_prefecture

NO_DEMO = "実演のサーバーにつながりません。先に make demo（止めた後なら make serve）を実行してください。"


class Command(BaseCommand):
    requires_system_checks = ()  # nothing but the refusal comes first
    help = "実演用アカウントの今のワンタイムパスワードを表示します（開発用の設定でだけ動きます）。"

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            demo.require_development()
        except DevelopmentOnly as error:
            raise CommandError(str(error)) from error
        try:
            self._show_all()
        except (OperationalError, ProgrammingError):  # no server, another's, or one without our tables
            raise CommandError(NO_DEMO) from None

    def _show_all(self) -> None:
        for prefecture in each_live_prefecture():
            self._show(f"{prefecture.name}  {prefecture.slug}.{settings.BASE_DOMAIN}")
        with console_context():
            self._show(f"運用コンソール  {settings.CONSOLE_HOST}")

    def _show(self, place: str) -> None:
        self.stdout.write(place)
        for current in demo.current_codes():
            wait = f"あと{current.wait_seconds}秒で使えます" if current.wait_seconds else "今使えます"
            self.stdout.write(f"  {current.code}  {current.user.username:<24} {current.user.display_name}  {wait}")
