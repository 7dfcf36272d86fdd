"""`manage.py otp`: the current one-time passwords of the demo accounts. Development settings only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import demo
from accounts.errors import DevelopmentOnly
from tenants.core.context import console_context, each_live_prefecture


class Command(BaseCommand):
    help = "実演用アカウントの今のワンタイムパスワードを表示します（開発用の設定でだけ動きます）。"

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            demo.require_development()
        except DevelopmentOnly as error:
            raise CommandError(str(error)) from error
        for prefecture in each_live_prefecture():
            self._show(f"{prefecture.name}  {prefecture.slug}.{settings.BASE_DOMAIN}")
        with console_context():
            self._show(f"運用コンソール  {settings.CONSOLE_HOST}")

    def _show(self, place: str) -> None:
        self.stdout.write(place)
        for current in demo.current_codes():
            wait = f"あと{current.wait_seconds}秒で使えます" if current.wait_seconds else "今使えます"
            self.stdout.write(f"  {current.code}  {current.user.username:<24} {current.user.display_name}  {wait}")
