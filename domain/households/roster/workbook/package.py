"""Opening an `.xlsx` from outside: only what was checked is handed on.

An `.xlsx` is a zip of XML parts. Every part is inflated here once, within limits, and a plain stored zip of exactly
those bytes goes to the spreadsheet library; so a lying size field, a bomb or a doubled entry never reaches it.
"""

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import refuse

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_INFLATED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 200
"""Inflated over packed, for parts past RATIO_FROM_BYTES; a full school's sheet packs about 1:12."""
RATIO_FROM_BYTES = 4 * 1024 * 1024
MAX_PARTS = 500

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MAGIC = b"PK\x03\x04"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OTHER_FORMATS = frozenset({"content.xml", "xl/workbook.bin"})
"""By these the library knows an `.ods` or `.xlsb`; nobody has looked inside those."""


@dataclass(frozen=True, slots=True)
class Package:
    """A checked workbook. `digest` is the SHA-256 of the file as it came: the same file again is known by it."""

    digest: str
    parts: dict[str, bytes]

    def as_file(self) -> io.BytesIO:
        repacked = io.BytesIO()
        with zipfile.ZipFile(repacked, "w", zipfile.ZIP_STORED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)
        repacked.seek(0)
        return repacked


def file_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def open_package(data: bytes) -> Package:
    """Raises WorkbookRefused when the bytes are no plain, unprotected, reasonably small `.xlsx`."""
    if len(data) > MAX_FILE_BYTES:
        raise refuse(Code.TOO_LARGE, f"ブックが大きすぎます（{MAX_FILE_BYTES // 1024 // 1024}MBまで）。")
    if data.startswith(_OLE_MAGIC):
        raise refuse(Code.ENCRYPTED if _ENCRYPTED_STREAM in data else Code.OLD_FORMAT)
    if not data.startswith(_ZIP_MAGIC):
        raise refuse(Code.NOT_A_WORKBOOK)
    try:
        parts = _inflate_all(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, ValueError):
        raise refuse(Code.DAMAGED) from None
    _check_content(parts)
    return Package(file_digest(data), parts)


def _inflate_all(data: bytes) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    seen: set[str] = set()
    room = MAX_INFLATED_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_PARTS:
            raise refuse(Code.TOO_LARGE, "ブックの中の部品が多すぎます。")
        for entry in entries:
            if entry.flag_bits & 0x1:
                raise refuse(Code.ENCRYPTED)
            if entry.is_dir():
                continue
            if entry.filename.lower() in seen:  # readers of zips do not agree which of two they take
                raise refuse(Code.DAMAGED)
            seen.add(entry.filename.lower())
            content = _inflate(archive, entry, room)
            room -= len(content)
            parts[entry.filename] = content
    return parts


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    suspicious = entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
    if entry.file_size > room or suspicious:
        raise refuse(Code.TOO_LARGE, "ブックの中身が大きすぎます。")
    with archive.open(entry) as stream:
        return stream.read(entry.file_size + 1)


def _check_content(parts: dict[str, bytes]) -> None:
    if "xl/workbook.xml" not in parts or "[Content_Types].xml" not in parts:
        raise refuse(Code.NOT_A_WORKBOOK)
    if _OTHER_FORMATS & {name.lower() for name in parts}:
        raise refuse(Code.NOT_A_WORKBOOK)
    for name, content in parts.items():
        if name.endswith("vbaProject.bin") or "/embeddings/" in name or "/activeX/" in name:
            raise refuse(Code.ACTIVE_CONTENT)
        if name.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in content or b"<!ENTITY" in content):
            raise refuse(Code.DAMAGED)
