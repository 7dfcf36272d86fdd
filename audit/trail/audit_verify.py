#!/usr/bin/env python3
"""Checks an export of the access trail (アクセス記録) without the system it came from. One file; Python and `cryptography`.

    python audit_verify.py export.jsonl --key 公開鍵 --head 受け取った署名.json … --since 2026-04-01 --until 2026-04-30
    python audit_verify.py 基盤の記録.jsonl --key 基盤の公開鍵 --platform-head 受け取った署名.json …
    python audit_verify.py --proof proof.json --key 公開鍵

The sealed times of the first and last batch with contents are printed: what an export says of its period is signed by nobody.
With --since and --until (days in Japan, both included) every batch sealed then must have contents. Hashed as in RFC 6962
(SHA-256); a leaf is the canonical JSON of one event. A head names the root of its batch and the hash of the head before it.
What stands below no head is counted apart. Exit code: 0 nothing found, 1 something found, 2 not readable or nothing to check.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNED = b"shugaku trail head v1\x00"
NO_HEAD = "0" * 64
CLOCK_TOLERANCE = timedelta(seconds=5)
SEALED_WITHIN = timedelta(minutes=10)
ARRIVES_WITHIN = timedelta(days=7)  # an event in the trail, once it happened
DISPOSED = "trail:month:disposed"
DISPOSED_MONTH = "月"
KEPT_YEARS = 7
JAPAN = timezone(timedelta(hours=9))
Period = tuple[datetime | None, datetime | None]  # of sealing: from, and before

_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> bytes:
    """The one way to write a value: sorted keys, no spaces, UTF-8."""
    return _encoder.encode(value).encode()


def leaf_hash(event: Any) -> bytes:
    return hashlib.sha256(b"\x00" + canonical(event)).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 tree hash: pairs from the left, an odd one rises as it is (the same tree as splitting by powers of two)."""
    level = list(leaves) or [hashlib.sha256().digest()]
    while len(level) > 1:
        level = risen(level)
    return level[0]


def risen(level: list[bytes]) -> list[bytes]:
    paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return paired + ([level[-1]] if len(level) % 2 else [])


def root_of_path(leaf: bytes, index: int, count: int, path: Iterable[bytes]) -> bytes | None:
    """RFC 9162 2.1.3.2: the root that a leaf and its path lead to; None when the path has another length than it must."""
    if not 0 <= index < count or index % 1:
        return None
    node, last, rest = leaf, count - 1, iter(path)
    while last:
        if index % 2 or index < last:
            sibling = next(rest, b"")  # too few: no root, for nodes of a tree never hash 33 bytes
            node = node_hash(sibling, node) if index % 2 else node_hash(node, sibling)
        index, last = index // 2, last // 2
    return node if next(rest, None) is None else None


class Finding(NamedTuple):
    """What is wrong, where. ``kind`` is stable: edit, delete, insert, reorder, swap, root, chain, fork, cut, clock, …"""

    kind: str
    text: str


@dataclass(frozen=True)
class Head:
    """A signed head as it travels: the text that was signed, its parts and its signature."""

    text: str
    signature: str
    body: dict[str, Any]

    @classmethod
    def read(cls, line: dict[str, Any]) -> Head:
        body = json.loads(line["head"])
        if not isinstance(body, dict) or canonical(body).decode() != line["head"]:
            raise ValueError("head")
        return cls(line["head"], line["signature"], body)

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def number(self) -> int:
        return int(self.body["number"])

    @property
    def sealed_at(self) -> datetime:
        return datetime.fromisoformat(self.body["sealed_at"])

    def is_signed_by(self, keys: Iterable[bytes]) -> bool:
        for key in map(Ed25519PublicKey.from_public_bytes, keys):
            with suppress(InvalidSignature, ValueError):
                key.verify(bytes.fromhex(self.signature), SIGNED + self.text.encode())
                return True
        return False


@dataclass
class Batch:
    """One head of an export with what stood below it."""

    head: Head
    leaves: list[str]
    events: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"第{self.head.number}束"


@dataclass
class Report:
    """What was looked at and what was found."""

    events: int = 0
    unsealed: list[datetime] = field(default_factory=list)  # when what stands below no head says it happened
    batches: int = 0
    heads_only: int = 0  # batches outside the period of the export
    whole: list[Head] = field(default_factory=list)  # the first and the last batch with contents
    findings: list[Finding] = field(default_factory=list)

    def add(self, kind: str, text: str) -> None:
        self.findings.append(Finding(kind, text))


class _Check:
    """One pass over an export; batches are looked at one by one, so that its size does not matter."""

    def __init__(self, header: dict[str, Any], keys: Sequence[bytes], kept: Sequence[Head], period: Period) -> None:
        self.report, self.header, self.keys, self.period = Report(), header, keys, period
        self.kept = {head.hash: head for head in kept}
        exported = datetime.fromisoformat(header["exported_at"])
        self.checkpoint = Head.read(header["checkpoint"]) if header.get("checkpoint") else None
        newest = self.checkpoint.sealed_at if self.checkpoint else exported
        self.made_at = max(exported, newest)
        if not newest - CLOCK_TOLERANCE <= exported <= datetime.now(JAPAN) + SEALED_WITHIN:
            self.report.add("clock", "書き出した時刻が、最後の署名より前か、まだ来ていない時刻です。")
        self.previous: Head | None = None
        self.roots: dict[str, int] = {}  # both by hash, with the number of the batch
        self.seen: dict[str, int] = {}
        self.disposed: set[str] = set()
        self.swapped: list[tuple[Batch, str]] = []
        self.missing: list[tuple[Batch, Sequence[int]]] = []

    def batch(self, batch: Batch) -> None:
        head, report = batch.head, self.report
        report.batches += 1
        if not head.is_signed_by(self.keys):
            report.add("root", f"{batch.name}: 署名が公開鍵と合いません（根または見出しが書き換えられています）。")
        self._chain(batch)
        self._contents(batch)
        self.seen[head.hash] = head.number
        self.roots[head.body["root"]] = head.number
        self.previous = head

    def _chain(self, batch: Batch) -> None:
        head, previous, add = batch.head, self.previous, self.report.add
        if head.body["scope"] != self.header["scope"]:
            add("swap", f"{batch.name}: ほかの団体の束です。")
        if previous and head.number <= previous.number:
            add("fork", f"{batch.name}: 同じ番号の束が二つあります（枝分かれ）。")
        elif head.number != (expected := previous.number + 1 if previous else 1):
            add("chain", f"第{expected}束から第{head.number - 1}束までがありません。")
        elif head.body["prev"] != (previous.hash if previous else NO_HEAD):
            add("fork", f"{batch.name}: 前の束とつながっていません（枝分かれ、または前の束の差し替え）。")
        elif head.body["first_seq"] != (previous.body["first_seq"] + previous.body["count"] if previous else 1):
            add("chain", f"{batch.name}: 通し番号が前の束から続いていません。")
        elif previous and head.sealed_at < previous.sealed_at:
            add("clock", f"{batch.name}: 封をした時刻が前の束より前です（時計の巻き戻し）。")

    def _contents(self, batch: Batch) -> None:
        head, add = batch.head, self.report.add
        (first, last), (since, until) = self.header.get("batches", [1, None]), self.period
        is_asked = (since or until) and (not since or since <= head.sealed_at) and (not until or head.sealed_at < until)
        if not is_asked and not (first <= head.number and (last is None or head.number <= last)):
            self.report.heads_only += 1
            return
        if not batch.leaves and head.body["count"]:
            self.missing.append((batch, range(head.body["first_seq"], head.body["first_seq"] + head.body["count"])))
            return
        self.report.whole[1:] = [head]
        root = merkle_root([bytes.fromhex(leaf) for leaf in batch.leaves]).hex()
        if root != head.body["root"]:
            self.swapped.append((batch, root))
        elif len(batch.leaves) != head.body["count"]:
            add("root", f"{batch.name}: 件数が見出しと違います。")
        self._events(batch)

    def _events(self, batch: Batch) -> None:
        expected = dict(enumerate(batch.leaves, int(batch.head.body["first_seq"])))
        leaves = set(batch.leaves)
        latest = batch.head.sealed_at + CLOCK_TOLERANCE
        given: dict[int, str] = {}  # in the order of the file
        for seq, event in batch.events:
            self.report.events += 1
            leaf = leaf_hash(event).hex()
            if seq in given or seq not in expected:
                self.report.add("insert", f"{batch.name}: 通し番号{seq}の記録が余分にあります（挿入）。")
            elif leaf != expected[seq]:
                kind, word = ("reorder", "並べ替え") if leaf in leaves else ("edit", "書換え")
                self.report.add(kind, f"{batch.name}: 通し番号{seq}の記録が封をしたときと違います（{word}）。")
            given.setdefault(seq, leaf)
            if event.get("scope") != self.header["scope"]:
                self.report.add("swap", f"{batch.name}: 通し番号{seq}はほかの団体の記録です。")
            if event.get("event") == DISPOSED:
                self._disposal(batch, event)
            if datetime.fromisoformat(event["recorded_at"]) > latest:
                self.report.add("clock", f"{batch.name}: 通し番号{seq}は封より後に記録されたことになっています。")
        if list(given) != sorted(given):
            self.report.add("reorder", f"{batch.name}: 記録が通し番号の順に並んでいません（並べ替え）。")
        if absent := sorted(expected.keys() - given.keys()):
            self.missing.append((batch, absent))

    def _disposal(self, batch: Batch, event: dict[str, Any]) -> None:
        """A month may be missing once its disposal was recorded, not earlier than the law's years after it."""
        month = str(event["detail"].get(DISPOSED_MONTH, ""))
        if event["recorded_at"][:7] < f"{int(month[:4]) + KEPT_YEARS}{month[4:]}":
            text = f"{month}の廃棄が保存期間（{KEPT_YEARS}年）より前に記録されています。"
            self.report.add("delete", f"{batch.name}: {text}")
        self.disposed.add(month)

    def unsealed(self, event: dict[str, Any]) -> None:
        """Nobody signed it: it can only be of the last moments before the export, which is not older than its newest head."""
        occurred, recorded = (datetime.fromisoformat(event[name]) for name in ("occurred_at", "recorded_at"))
        is_of_the_end = -CLOCK_TOLERANCE <= self.made_at - recorded <= SEALED_WITHIN
        had_just_happened = -CLOCK_TOLERANCE <= recorded - occurred <= ARRIVES_WITHIN
        if not (is_of_the_end and had_just_happened and event.get("scope") == self.header["scope"]):
            what = "書出しの直前の、この団体の記録ではないのに、封がされていません（挿入）。"
            self.report.add("insert", f"記録 {event['id']} は{what}")
        self.report.unsealed.append(occurred)

    def finish(self) -> Report:
        for batch, root in self.swapped:
            other = self.roots.get(root)
            kind, word = ("swap", f"第{other}束と入れ替わっています。") if other else ("root", "根と合いません。")
            self.report.add(kind, f"{batch.name}: 中身が{word}")
        for batch, absent in self.missing:
            months: dict[str, int] = batch.head.body["months"]
            if len(absent) > sum(count for month, count in months.items() if month in self.disposed):
                text = f"記録が{len(absent):,}件ありません（削除。通し番号 {'、'.join(map(str, absent[:5]))}…）。"
                self.report.add("delete", f"{batch.name}: {text}")
        self._end()
        self._kept_heads()
        return self.report

    def _end(self) -> None:
        head = self.checkpoint
        if head is None:
            self.report.add("chain", "書出しに最後の見出し（チェックポイント）がありません。")
            return
        if not head.is_signed_by(self.keys):
            self.report.add("root", "書出しのチェックポイントの署名が公開鍵と合いません。")
        if self.previous is None:
            self.report.add("chain", "束が一つもありません（連鎖の消失）。")
        elif head.number > self.previous.number:
            self.report.add("cut", f"第{self.previous.number + 1}束から後がありません（末尾の切取り）。")
        elif head.hash not in self.seen:
            self.report.add("fork", f"チェックポイントの第{head.number}束が書出しのものと違います。")

    def _kept_heads(self) -> None:
        last = self.previous.number if self.previous else 0
        for head in self.kept.values():
            if head.body["scope"] != self.header["scope"]:
                self.report.add("swap", "受け取っていた署名は、ほかの団体のものです。")
            elif not head.is_signed_by(self.keys):
                self.report.add("root", f"受け取っていた第{head.number}束の署名が公開鍵と合いません。")
            elif head.number > last:
                self.report.add("cut" if last else "chain", f"受け取った第{head.number}束がありません（切取り）。")
            elif head.hash not in self.seen:
                self.report.add("fork", f"受け取っていた第{head.number}束が書出しと違います（書換え・枝分かれ）。")


def verify_export(
    lines: Iterable[str], keys: Sequence[bytes], kept: Sequence[Head] = (), period: Period = (None, None)
) -> Report:
    """Check an export against trusted public keys and heads received earlier. Raises ValueError when it is no export."""
    read = (_json(line) for line in lines if line.strip())
    header = next(read, None)
    if not isinstance(header, dict) or header.get("type") != "trail-export" or header.get("version") != 1:
        raise ValueError("アクセス記録の書出しではありません。")
    check = _Check(header, keys, kept, period)
    for item in _batches(read):
        if isinstance(item, Batch):
            check.batch(item)
        else:
            check.unsealed(item)
    return check.finish()


def _batches(lines: Iterator[dict[str, Any]]) -> Iterator[Batch | dict[str, Any]]:
    batch: Batch | None = None
    for line in lines:
        if line["type"] == "head":
            if batch:
                yield batch
            batch = Batch(Head.read(line), line.get("leaves", []))
        elif line["type"] == "event" and batch and int(line["seq"]) == line["seq"]:
            batch.events.append((int(line["seq"]), line["event"]))
        elif line["type"] == "unsealed":
            yield line["event"]
        else:
            raise ValueError("書出しの行の並びが正しくありません。")
    if batch:
        yield batch


def verify_proof(proof: dict[str, Any], keys: Sequence[bytes]) -> Report:
    """Check that one event stands below a signed head."""
    report, head = Report(events=1, batches=1), Head.read(proof)
    if not head.is_signed_by(keys):
        report.add("root", "見出しの署名が公開鍵と合いません。")
    index = proof["seq"] - int(head.body["first_seq"])
    root = root_of_path(leaf_hash(proof["event"]), index, head.body["count"], map(bytes.fromhex, proof["path"]))
    if root is None or root.hex() != head.body["root"]:
        report.add("edit", "この記録は、封をした束に含まれていません。")
    return report


def _text(name: str) -> str:
    return Path(name).read_text(encoding="utf-8-sig")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) == len(pairs):
        return dict(pairs)
    raise ValueError("同じ名前の項目が二つあります。")  # one program would read this one, another that one


_json = json.JSONDecoder(object_pairs_hook=_once).decode


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="アクセス記録の書出しを確かめます。")
    parser.add_argument("export", nargs="?", help="書出し（.jsonl）")
    parser.add_argument("--key", action="append", required=True, help="公開鍵（64桁の16進、またはそのファイル）")
    parser.add_argument("--head", action="append", default=[], help="以前に受け取った署名（.json）")
    parser.add_argument("--platform-head", action="append", default=[], help="同じもの（基盤の記録の書出しに）")
    parser.add_argument("--since", help="書き出した期間の始めの日（2026-04-01）")
    parser.add_argument("--until", help="書き出した期間の終わりの日（その日を含む）")
    parser.add_argument("--proof", help="一件の証明（.json）")
    for stream in (sys.stdout, sys.stderr):  # a console that has no sign for a letter gets its number
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    asked = parser.parse_args(arguments)
    try:
        texts = (_text(text) if Path(text).is_file() else text for text in asked.key)
        keys = [bytes.fromhex(key) for text in texts for key in text.split()]
        since, until = (day and datetime.fromisoformat(f"{day}T00:00+09:00") for day in (asked.since, asked.until))
        if asked.proof:
            report = verify_proof(_json(_text(asked.proof)), keys)
        else:
            kept = [Head.read(_json(_text(name))) for name in asked.head]
            kept += [Head.read(_json(_text(name))["platform"]) for name in asked.platform_head]
            with Path(asked.export or "").open(encoding="utf-8-sig") as file:
                report = verify_export(file, keys, kept, (since, until + timedelta(days=1) if until else None))
    except (OSError, ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError) as error:
        sys.stderr.write(f"読めません（{type(error).__name__}）: {error}\n")
        return 2
    lines = [f"異常 [{kind}] {text}" for kind, text in report.findings]
    lines += [f"束 {report.batches:,}、記録 {report.events:,}件、異常 {len(report.findings):,}件"]
    whole = [f"第{one.number}束（{one.sealed_at.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}）" for one in report.whole]
    lines += [f"中身まで確かめた束（封をした日時）: {'から'.join(whole)}まで"] * bool(whole)
    outside = f"期間の外の束 {report.heads_only:,} は見出しだけを確かめました（中身は --since、--until で）。"
    ends = [f"{one.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}" for one in sorted(report.unsealed)]
    unsealed = f"封のない記録 {len(report.unsealed):,}件（{'から'.join(ends[:1] + ends[-1:])}まで）は署名がなく、何も証明しません。"
    lines += [outside] * bool(report.heads_only) + [unsealed] * bool(report.unsealed)
    is_empty = not (report.whole or asked.proof or asked.since or asked.until)
    lines += ["中身のある束がなく、何も確かめていません（書き出した日を --since、--until で）。"] * is_empty
    sys.stdout.write("\n".join([*lines, ""]))
    return 1 if report.findings else 2 * is_empty


if __name__ == "__main__":
    sys.exit(main())
