"""`manage.py shred_prefecture`: the end of a prefecture. Two operators, each with a one-time password; there is no way back."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandError

from audit.trail.actors import Actor, ActorKind, acting_as
from tenants.console import key_acts
from tenants.console.management.two_people import TwoPeopleCommand
from tenants.core.models import Prefecture
from tenants.core.provisioning import NotOwner, require_owner


@contextmanager
def _place_for(certificate: Path) -> Iterator[BinaryIO]:
    """The certificate's file, made before anything is destroyed and taken away again when none comes of it."""
    try:
        paper = certificate.open("xb")
    except OSError as error:
        raise CommandError(
            f"証明書のファイルを作れません（{error.strerror}）。何も破棄していません。新しいファイルの名前を指定してください。"
        ) from error
    try:
        with paper:
            yield paper
    except BaseException:
        certificate.unlink(missing_ok=True)
        raise


class Command(TwoPeopleCommand):
    help = "停止した団体の鍵をすべて破棄し、証明書（PDF）を書き出します。元に戻せません。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="団体コード")
        parser.add_argument("first", help="1人目の運用者の職員ID")
        parser.add_argument("second", help="2人目の運用者の職員ID")
        parser.add_argument("certificate", type=Path, help="証明書を書き出すファイル")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            require_owner()
        except NotOwner as error:
            raise CommandError(str(error)) from error
        prefecture = Prefecture.objects.filter(code=options["code"]).first()
        if prefecture is None:
            raise CommandError(f"団体コード {options['code']} の団体はありません。")
        if self._asked(f"{prefecture.name}の鍵を破棄します。団体コードをもう一度: ") != prefecture.code:
            raise CommandError("団体コードが違います。何も破棄していません。")
        people = self.two_people(options["first"], options["second"])
        with _place_for(options["certificate"]) as paper:
            try:
                with acting_as(Actor(ActorKind.COMMAND, "shred_prefecture", "・".join(people), "")):
                    paper.write(key_acts.shred_prefecture(prefecture, people))
            except (key_acts.ShredRefused, key_acts.TrailOpen, key_acts.FilesRemain) as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{prefecture.name}の鍵を破棄しました。証明書: {options['certificate']}")
