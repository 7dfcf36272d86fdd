"""Ten kinds of tampering, each done to a real export whose last three batches have four events each, as `audit_verify` has to find
them. Nothing here knows how it looks for them."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as Key

from audit.trail.audit_verify import SIGNED, Head, canonical, leaf_hash, merkle_root, verify_export

Lines = list[dict[str, Any]]

BATCHES, SIZE = 3, 4
FIRST: Final = -BATCHES
"""The first of the three batches, among the heads."""

SOUND = "書換えのない記録"


def missed(lines: Lines, key: Key, public: Sequence[bytes]) -> list[str]:
    """The kinds the verifier does not name when they are done to this export, each to the whole of it anew; and SOUND where it finds
    anything in the export as it is. `key`: what a thief of the key could sign with."""
    kept = handed(lines)
    wrong = [SOUND] if _found(lines, public, kept) else []
    for name, (mutate, kind) in MUTATIONS.items():
        bent = copy.deepcopy(lines)
        mutate(key, bent)
        if kind not in _found(bent, public, kept):
            wrong.append(name)
    return wrong


def _found(lines: Lines, public: Sequence[bytes], kept: Sequence[dict[str, Any]]) -> set[str]:
    report = verify_export(map(json.dumps, lines), list(public), [Head.read(head) for head in kept])
    return {finding.kind for finding in report.findings}


def handed(lines: Lines) -> tuple[dict[str, Any], ...]:
    """The newest head, as the tenant keeps it."""
    return (copy.deepcopy(lines[0]["checkpoint"]),)


def heads(lines: Lines) -> list[int]:
    return [place for place, line in enumerate(lines) if line["type"] == "head"]


def sign_again(key: Key, lines: Lines, number: int, **changed: Any) -> None:
    """What only a thief of the key could do: another head in the place of one, and all after it linked anew."""
    previous: str | None = None
    for place in heads(lines)[number - 1 :]:
        body = json.loads(lines[place]["head"]) | (changed if previous is None else {"prev": previous})
        text = canonical(body)
        lines[place] |= {"head": text.decode(), "signature": key.sign(SIGNED + text).hex()}
        previous = hashlib.sha256(text).hexdigest()
    lines[0]["checkpoint"] = {name: lines[heads(lines)[-1]][name] for name in ("head", "signature")}


def edit(key: Key, lines: Lines) -> None:
    lines[heads(lines)[FIRST] + 2]["event"]["actor_name"] = "別人"


def delete(key: Key, lines: Lines) -> None:
    del lines[heads(lines)[FIRST] + 2]


def insert(key: Key, lines: Lines) -> None:
    place = heads(lines)[FIRST] + 2
    lines.insert(place + 1, lines[place] | {"seq": 99})


def reorder(key: Key, lines: Lines) -> None:
    one, other = lines[heads(lines)[FIRST] + 2], lines[heads(lines)[FIRST] + 3]
    one["event"], other["event"] = other["event"], one["event"]


def cut(key: Key, lines: Lines) -> None:
    del lines[heads(lines)[-1] :]


def drop_chain(key: Key, lines: Lines) -> None:
    del lines[1:]
    lines[0]["checkpoint"] = None


def swap(key: Key, lines: Lines) -> None:
    first, second = heads(lines)[FIRST : FIRST + 2]
    lines[first]["leaves"], lines[second]["leaves"] = lines[second]["leaves"], lines[first]["leaves"]
    for step in range(1, SIZE + 1):
        a, b = lines[first + step], lines[second + step]
        a["event"], b["event"] = b["event"], a["event"]


def roll_back_clock(key: Key, lines: Lines) -> None:
    sign_again(key, lines, len(heads(lines)) - 1, sealed_at="2020-01-01T00:00:00.000000+00:00")


def fork(key: Key, lines: Lines) -> None:
    second = heads(lines)[FIRST + 1]
    other = copy.deepcopy(lines[second : second + SIZE + 1])
    sign_again(key, [lines[0], *other], 1, sealed_at="2098-01-01T00:00:00.000000+00:00")
    lines[second:second] = other


def rewrite_root(key: Key, lines: Lines) -> None:
    """Event, leaf and root all fit again; only the signature does not."""
    head = heads(lines)[FIRST]
    lines[head + 1]["event"]["actor_name"] = "別人"
    lines[head]["leaves"][0] = leaf_hash(lines[head + 1]["event"]).hex()
    root = merkle_root([bytes.fromhex(leaf) for leaf in lines[head]["leaves"]]).hex()
    lines[head]["head"] = canonical(json.loads(lines[head]["head"]) | {"root": root}).decode()


MUTATIONS: dict[str, tuple[Callable[[Key, Lines], None], str]] = {
    "書換え": (edit, "edit"),
    "削除": (delete, "delete"),
    "挿入": (insert, "insert"),
    "並べ替え": (reorder, "reorder"),
    "末尾の切取り": (cut, "cut"),
    "連鎖の消失": (drop_chain, "chain"),
    "月の入替え": (swap, "swap"),
    "時計の巻き戻し": (roll_back_clock, "clock"),
    "枝分かれ": (fork, "fork"),
    "根の書換え": (rewrite_root, "root"),
}
