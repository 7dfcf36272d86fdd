"""`manage.py onboard prefecture.toml`: bring in a prefecture from the command line.

The steps need the owner login, which a process has from its start or not at all. Called plainly, the command checks the file and
then runs itself once more in a process of its own with that login.
"""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.trail.actors import Actor, ActorKind, acting_as
from tenants.console import onboarding
from tenants.console.errors import RequestRefused
from tenants.console.models import OnboardingStep
from tenants.console.stated import StatedWrong, read_request
from tenants.console.stated_schools import SchoolsWrong
from tenants.core.context import console_context
from tenants.core.provisioning import NotOwner, require_owner


class Command(BaseCommand):
    help = "団体を導入します。TOML に code, name, slug, working_year, [manager]（必要なら sample, [[schools]]）を書きます。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="導入する団体を書いた TOML")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            request = read_request(options["file"])
            request.check()
            require_owner()
        except NotOwner:
            _run_as_owner(options["file"])
        except (RequestRefused, StatedWrong, SchoolsWrong) as error:
            raise CommandError(str(error)) from error
        else:
            self._onboard(request)

    def _onboard(self, request: onboarding.PrefectureRequest) -> None:
        try:
            with acting_as(Actor(ActorKind.COMMAND, "onboard", "導入コマンド", "")):
                prefecture = onboarding.onboard(request)
        except RequestRefused as error:
            raise CommandError(str(error)) from error
        with console_context():
            for step in OnboardingStep.objects.filter(prefecture_code=prefecture.code):
                self.stdout.write(f"{step.get_state_display()}  {step.get_name_display()}  {step.report}")


def _run_as_owner(file: Path) -> None:
    """Raises CommandError when that process fails; it has said why by then."""
    command = [sys.executable, str(settings.ROOT / "manage.py"), "onboard", str(file.resolve())]
    done = subprocess.run(command, env={**os.environ, "SHOREI_DATABASE_LOGIN": "owner"}, check=False)
    if done.returncode:
        raise CommandError("導入は終わっていません。上の理由を取り除いて、同じコマンドをもう一度実行してください。")
