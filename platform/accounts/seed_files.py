"""Seed files that come with hardware tokens: CSV (serial, seed, maker) or PSKC (RFC 6030). Bad input never shows a seed."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pskc import PSKC
from pskc.exceptions import PSKCError

from accounts.errors import AccountError
from accounts.models.devices import DIGITS, STEP_SECONDS

SHORTEST, LONGEST = 16, 64
"""Bytes of a seed: RFC 4226 asks for at least 128 bits."""

MOST: Final = 5_000

MOST_ROUNDS: Final = 1_000_000
"""Of PBKDF2, which the file names itself: half a second here. Makers write some thousands to some hundred thousands."""

KEY_LENGTHS: Final = (16, 24, 32)
"""Bytes of an AES key; the file names this too, and each 20 bytes cost all the rounds again."""

TOTP_WORDS: Final = "totp"
_SERIAL = re.compile(r"[0-9A-Za-z._-]{1,40}")
_HEADINGS = {"serial", "製造番号", "serial number", "シリアル"}


class SeedFileRefused(AccountError):
    """`accounts.seed-file-refused`: a seed file that cannot be taken; the message names the line, never a seed."""

    identifier = "accounts.seed-file-refused"


@dataclass(frozen=True, slots=True)
class TokenSeed:
    """One token of a file."""

    serial: str
    seed: bytes = field(repr=False)
    maker: str = ""


def read_seed_file(data: bytes, secret: str = "") -> list[TokenSeed]:
    """All tokens of a file, or none. `secret`: password, or key in hex, of a sealed PSKC file. Raises SeedFileRefused."""
    tokens = list(_pskc(data, secret) if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else _csv(data))
    if not tokens:
        raise SeedFileRefused("トークンが1つもありません。製造番号と種の入ったCSVかPSKCのファイルを選んでください。")
    if len(tokens) > MOST:
        raise SeedFileRefused(f"一度に登録できるのは{MOST:,}個までです。ファイルを分けてください。")
    seen: set[str] = set()
    for token in tokens:
        if token.serial in seen:
            raise SeedFileRefused(f"製造番号 {token.serial} が2回あります。ファイルを確かめてください。")
        seen.add(token.serial)
    return tokens


def _csv(data: bytes) -> Iterator[TokenSeed]:
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SeedFileRefused("CSVとして読めません。UTF-8で「製造番号,種,製造者」の順に並べてください。") from error
    for line, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (line == 1 and cells[0].lower() in _HEADINGS):
            continue
        if len(cells) < 2:
            raise SeedFileRefused(f"{line}行目に種がありません。「製造番号,種,製造者」の順に並べてください。")
        yield _token(cells[0], _seed(cells[1], f"{line}行目"), cells[2] if len(cells) > 2 else "", f"{line}行目")


def _seed(text: str, where: str) -> bytes:
    """Hexadecimal or Base32, as makers write them."""
    compact = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", compact):
        return binascii.unhexlify(compact)
    try:
        return base64.b32decode(compact.upper() + "=" * (-len(compact) % 8))
    except binascii.Error as error:
        raise SeedFileRefused(f"{where}の種が16進数でもBase32でもありません。") from error


def _pskc(data: bytes, secret: str) -> Iterator[TokenSeed]:
    try:
        container = PSKC(io.BytesIO(data))
        if container.encryption.is_encrypted:
            _open(container, secret)
        for number, key in enumerate(container.keys, start=1):
            yield _of_key(key, f"{number}番目の鍵")
    except (PSKCError, ValueError, KeyError) as error:
        raise SeedFileRefused(
            "PSKCのファイルを開けません。ファイルと、製造者から届いた合言葉（鍵）を確かめてください。"
        ) from error


def _open(container: Any, secret: str) -> None:
    if not secret:
        raise SeedFileRefused("このPSKCのファイルは封がされています。製造者から届いた合言葉（鍵）を入力してください。")
    if re.fullmatch(r"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})", secret):
        container.encryption.key = binascii.unhexlify(secret)
    else:
        _refuse_heavy(container.encryption.derivation)
        container.encryption.derive_key(secret)


def _refuse_heavy(derivation: Any) -> None:
    """A file must not say how long we calculate at it."""
    rounds, length = derivation.pbkdf2_iterations, derivation.pbkdf2_key_length
    if (rounds or 0) > MOST_ROUNDS or (length is not None and length not in KEY_LENGTHS):
        raise SeedFileRefused(
            f"このPSKCのファイルは、封の計算が重すぎるか、鍵の長さが違います（PBKDF2は{MOST_ROUNDS:,}回まで、鍵は16・24・32バイト）。"
            "製造者に、この範囲のファイルを頼んでください。"
        )


def _of_key(key: Any, where: str) -> TokenSeed:
    algorithm = (key.algorithm or "").lower()
    if TOTP_WORDS not in algorithm:
        raise SeedFileRefused(f"{where}は時刻式（TOTP）ではありません。6桁・30秒のトークンだけ使えます。")
    if key.response_length not in (None, DIGITS) or key.time_interval not in (None, STEP_SECONDS):
        raise SeedFileRefused(f"{where}は6桁・30秒ではありません。6桁・30秒のトークンだけ使えます。")
    if (key.algorithm_suite or "HMAC-SHA-1").upper().replace("-", "") not in ("HMACSHA1", "SHA1"):
        raise SeedFileRefused(f"{where}はSHA-1ではありません。6桁・30秒・SHA-1のトークンだけ使えます。")
    return _token(key.serial or key.id or "", bytes(key.secret or b""), key.manufacturer or "", where)


def _token(serial: str, seed: bytes, maker: str, where: str) -> TokenSeed:
    if not _SERIAL.fullmatch(serial):
        raise SeedFileRefused(f"{where}の製造番号が読めません。半角の英数字と . _ - で40文字以内です。")
    if not SHORTEST <= len(seed) <= LONGEST:
        raise SeedFileRefused(f"{where}の種の長さが違います（{SHORTEST}〜{LONGEST}バイト）。")
    return TokenSeed(serial, seed, maker[:60])
