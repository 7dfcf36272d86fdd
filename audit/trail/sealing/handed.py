"""What was handed out, as it is kept beside the main data: rows that the application itself signed, and no others.

The prefecture's login may add to the table, and with it whoever can inject SQL into a page. Such a row is passed over everywhere and
named by the next nightly comparison.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from django.utils import timezone

from audit.trail.models import HandedHead, WitnessComparison
from audit.trail.sealing.export import SignedHead, head_of, signatures
from audit.trail.witness.signing import is_genuine_comparison, is_genuine_handed, signature_of_handed
from tenants.core.credentials import CONSOLE

COMPARED = 24 * 35
"""Heads of the last 35 days, as long as the witness keeps what it noted."""


def kept(head: SignedHead, platform_head: str, sent_to: str) -> HandedHead:
    """Keep a head as handed out now, signed."""
    handed = HandedHead(
        number=head.number,
        head=head.head,
        signature=head.signature,
        public_key=head.public_key,
        platform_head=platform_head,
        sealed_at=head.sealed_at,
        handed_at=timezone.now(),
        sent_to=sent_to,
    )
    handed.kept_signature = signature_of_handed(handed)
    handed.save()
    return handed


def handed_heads() -> Iterator[HandedHead]:
    """The newest first."""
    return filter(is_genuine_handed, HandedHead.objects.iterator(chunk_size=100))


def newest_handed() -> HandedHead | None:
    return next(handed_heads(), None)


def handed_as(number: int) -> HandedHead | None:
    return next(filter(is_genuine_handed, HandedHead.objects.filter(number=number).order_by("id")), None)


def changed_heads() -> list[str]:
    """Handed heads, in words, that the audit database no longer has as they were: a chain was rewritten or cut."""
    changed, platform = [], {}
    for handed in islice(handed_heads(), COMPARED):
        found = head_of(handed.number)
        if found is None or (found.head, found.signature) != (handed.head, handed.signature):
            changed.append(f"第{handed.number}束")
        if handed.platform_head:
            told = json.loads(handed.platform_head)
            platform[json.loads(told["head"])["number"]] = (told["head"], told["signature"])
    there = signatures(CONSOLE, list(platform)) if platform else {}
    return [*changed, *(f"基盤の第{number}束" for number, told in platform.items() if there.get(number) != told)]


def forged_heads() -> list[str]:
    """Rows that somebody else put there, in words, each until a comparison has named it: nobody can take them away."""
    found = (one for one in HandedHead.objects.order_by("id").iterator(chunk_size=100) if not is_genuine_handed(one))
    return not_named(f"引渡しの控え {one.pk}" for one in found)


def not_named(found: Iterable[str]) -> list[str]:
    """Those that no comparison has named yet."""
    return [words for words in found if not _is_named(words)]


def _is_named(words: str) -> bool:
    return any(map(is_genuine_comparison, WitnessComparison.objects.filter(unsigned__contains=[words])))
