"""`manage.py onboard prefecture.toml`: bring in a prefecture from the command line (as the owner login)."""

from __future__ import annotations

import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.trail.actors import Actor, ActorKind, acting_as
from tenants.console import onboarding
from tenants.console.models import OnboardingStep
from tenants.console.stated_schools import SchoolsWrong, from_tables
from tenants.core.context import console_context
from tenants.core.provisioning import NotOwner


class Command(BaseCommand):
    help = "団体を導入します。TOML に code, name, slug, working_year（必要なら sample）を書きます。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            stated = tomllib.loads(options["file"].read_text(encoding="utf-8"))
            stated["schools"] = from_tables(stated.get("schools", []))
            request = onboarding.PrefectureRequest(**stated)
            with acting_as(Actor(ActorKind.COMMAND, "onboard", "導入コマンド", "")):
                prefecture = onboarding.onboard(request)
        except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
            raise CommandError(f"{options['file']} を読めません: {error}") from error
        except (onboarding.RequestRefused, SchoolsWrong, NotOwner) as error:
            raise CommandError(str(error)) from error
        with console_context():
            for step in OnboardingStep.objects.filter(prefecture_code=prefecture.code):
                self.stdout.write(f"{step.get_state_display()}  {step.get_name_display()}  {step.report}")
