"""Key acts of the platform, as the owner: changing the master key and scope keys, and the end of a prefecture's keys."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from audit.trail.entries import Subject
from audit.trail.recorder import TrailUnavailable, record
from audit.trail.sealing.closing import ChainOpen, close_chain, key_of_heads
from audit.trail.sealing.export import SignedHead, newest_head
from audit.trail.setup import install_audit_database, open_scope
from audit.trail.vocabulary import Event
from tenants.core import grants, key_rotation
from tenants.core.context import console_context, prefecture_context
from tenants.core.credentials import CONSOLE, OWNER, derive, login_name
from tenants.core.db.base import PUBLIC
from tenants.core.key_rotation import Destroyed
from tenants.core.models import Prefecture
from tenants.core.providers import SealBroken
from typesetting import render_pdf
from typesetting.office_data import ShreddingCertificates
from web.formatting import format_moment

PURPOSE_WORDS = {
    "scope": "団体の鍵",
    "files": "ファイル",
    "numbers": "番号",
    "numbers-transit": "一時保管の番号",
    "deposit-key": "番号受入の鍵",
    "sign:exchanges-with-numbers": "番号を含む送受信の証明",
    "otp": "認証器の種",
    "adapter-secrets": "宛名接続の認証情報",
    "handover-entry": "手入力の回答",
}


class ShredRefused(Exception):
    """`console.shred-refused`: the prefecture is not suspended, or the two people are one."""

    identifier = "console.shred-refused"


class FilesRemain(Exception):
    """`console.files-remain`: the keys are gone, but something in the prefecture's folder could not be deleted."""

    identifier = "console.files-remain"


class TrailOpen(Exception):
    """`console.trail-open`: the last records of the prefecture could not be sealed; its keys wait for that."""

    identifier = "console.trail-open"

    def __init__(self) -> None:
        super().__init__(
            "団体のアクセス記録の終わりに封をできないため、鍵の破棄を待ちます。何も破棄していません。"
            "アクセス記録のデータベース・時計・届いていない記録（運用コンソールの健全性）を確かめ、"
            "同じコマンドをもう一度実行してください。"
        )


def scopes() -> Iterator[tuple[str, str]]:
    """(schema, owner) of the console and of every prefecture."""
    yield PUBLIC, CONSOLE
    for schema in Prefecture.objects.order_by("code").values_list("schema_name", flat=True):
        yield schema, schema


def change_master_key() -> int:
    """Every scope key under the master key of today, then every login's password. Returns how many keys were wrapped anew.

    Processes that know both master keys go on: they find the right one by its mark, and try the other password.
    """
    changed = sum(key_rotation.wrap_under_todays_master(schema, owner) for schema, owner in list(scopes()))
    _renew_passwords()
    _tell(Event.CONSOLE_KEY_ROTATED, {"what": "master", "count": changed})
    return changed


def _renew_passwords() -> None:
    grants.create_shared_logins()
    install_audit_database()
    for prefecture in Prefecture.objects.order_by("code"):
        grants.ensure_login(prefecture.schema_name)
        open_scope(prefecture.schema_name)
    for owner in (login_name(OWNER), f"{settings.AUDIT_DATABASE['prefix']}_owner"):
        _set_password(owner)


def _set_password(login: str) -> None:
    """Last of all, and of itself: a login may always change its own password; the audit owner's is done on its own database."""
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(derive(login)))
    if login == login_name(OWNER):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    else:
        from audit.trail import connections

        connections.use(connections.owner(), lambda audit: audit.execute(statement))


def begin_scope_keys() -> int:
    numbers = [key_rotation.begin_scope_key(schema, owner) for schema, owner in list(scopes())]
    _tell(Event.CONSOLE_KEY_ROTATED, {"what": "scope", "count": len(numbers)})
    return len(numbers)


def require_settled() -> None:
    """Raises NotSettled while older scope keys may still be held; asked before two people are troubled."""
    for schema, _ in scopes():
        key_rotation.require_settled(schema)


def end_scope_keys(people: tuple[str, str]) -> int:
    """Destroy the older keys of every scope. Raises NotSettled, and ShredRefused where the two people are one."""
    _require_two(people)
    ended = [key for schema, owner in list(scopes()) for key in key_rotation.end_older_scope_keys(schema, owner)]
    _tell(Event.CONSOLE_KEY_ROTATED, {"what": "scope-ended", "count": len(ended), "people": list(people)})
    return len(ended)


def shred_prefecture(prefecture: Prefecture, people: tuple[str, str]) -> bytes:
    """Destroy all keys of a suspended prefecture, remove its files, close its login. Returns the certificate (PDF).

    Its last records are sealed first, because nothing can be sealed without its key. Done again after it died half-way, it does
    what is left and certifies the whole. Raises ShredRefused, TrailOpen, FilesRemain. The trail keeps its records, and the list's
    digest, for their seven years.
    """
    if prefecture.state != Prefecture.State.SUSPENDED:
        raise ShredRefused("鍵を破棄できるのは、停止した団体だけです。先に状態を「停止」にしてください。")
    _require_two(people)
    key = _sealed_to_the_end(prefecture)
    destroyed = key_rotation.shred(prefecture.schema_name)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(login_name(prefecture.schema_name))))
    end = _end_of_chain(prefecture, key)
    files = _without_files(prefecture)
    _tell(
        Event.CONSOLE_PREFECTURE_SHREDDED,
        {
            "count": len(destroyed),
            "files": files,
            "digest": key_rotation.digest_of(destroyed),
            "people": list(people),
            "trail_end": end,
        },
        prefecture,
    )
    return certificate(prefecture, people, destroyed, files, end)


def _sealed_to_the_end(prefecture: Prefecture) -> Ed25519PrivateKey | None:
    """The key of its heads, once all that waited is sealed with it; None where it went before. Raises TrailOpen."""
    try:
        key = key_of_heads(prefecture.schema_name)
        if key is not None:
            close_chain(prefecture.schema_name, prefecture.code, key)
    except (ChainOpen, SealBroken) as error:
        raise TrailOpen from error
    return key


def _end_of_chain(prefecture: Prefecture, key: Ed25519PrivateKey | None) -> str:
    """The last head in words, for the prefecture to keep: after it nothing can be sealed.

    What came in while its keys were being destroyed is sealed with the one that this process still holds.
    """
    rest = ""
    try:
        close_chain(prefecture.schema_name, prefecture.code, key)
    except ChainOpen:
        rest = "。破棄の間に届いた記録に、封のないものがあります"
    try:
        with prefecture_context(prefecture):
            head = newest_head()
    except TrailUnavailable:
        return f"記録のデータベースに届かず、確かめられません{rest}"
    return f"{_in_words(head)}{rest}"


def _in_words(head: SignedHead | None) -> str:
    return f"第{head.number}束 SHA-256 {hashlib.sha256(head.head.encode()).hexdigest()}" if head else "記録がありません"


def _without_files(prefecture: Prefecture) -> int:
    """Remove the prefecture's folder; returns how many files were in it. Raises FilesRemain."""
    folder = Path(settings.FILES_ROOT) / prefecture.schema_name
    files = len([path for path in folder.rglob("*") if path.is_file()])
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise FilesRemain(
            "鍵は破棄しましたが、ファイルを消せませんでした（鍵がないため開けません）。"
            "ファイルの置き場の権限を確かめ、同じコマンドをもう一度実行してください。証明書はそのときに出ます。"
        )
    return files


def _require_two(people: tuple[str, str]) -> None:
    if len(set(people)) != 2:
        raise ShredRefused("鍵の破棄には、別々の運用者2人が必要です。")


def certificate(
    prefecture: Prefecture, people: tuple[str, str], destroyed: list[Destroyed], files: int, end: str
) -> bytes:
    now = format_moment(timezone.now())
    data: ShreddingCertificates = {
        "sample": prefecture.sample,
        "printed": {"at": now, "by": people[0]},
        "documents": [
            {
                "number": f"{prefecture.code}",
                "owner": prefecture.name,
                "code": prefecture.code,
                "at": now,
                "people": "、".join(people),
                "count": f"{len(destroyed)}個",
                "files": f"{files}件",
                "digest": key_rotation.digest_of(destroyed),
                "trail_end": end,
                "keys": [
                    {
                        "purpose": PURPOSE_WORDS.get(key.purpose, key.purpose),
                        "number": str(key.number),
                        "year": str(key.year or "–"),
                        "made": format_moment(key.made_at),
                        "fingerprint": key.fingerprint,
                    }
                    for key in destroyed
                ],
            }
        ],
    }
    return render_pdf("key_shredding", data).pdf


def _tell(event: Event, detail: dict[str, object], prefecture: Prefecture | None = None) -> None:
    subjects = [Subject("prefecture", prefecture.code)] if prefecture else []
    with console_context(), transaction.atomic():
        record(event, subjects=subjects, detail=detail)  # type: ignore[arg-type]
