"""The application for a prefecture as a TOML file: read, and every mistake named by its key and what was expected."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tenants.console.first_manager import FirstManager
from tenants.console.onboarding import PrefectureRequest
from tenants.console.stated_schools import from_tables

GUIDE = "書き方は docs/console.md の「From the command line」にあります。"

_EXPECTED: Mapping[str, tuple[type, str, str]] = {
    "code": (str, "団体コード。引用符で囲んだ6桁の数字", 'code = "290009"'),
    "name": (str, "名称。引用符で囲んだ文字", 'name = "奈良県教育委員会"'),
    "slug": (str, "ホスト名の先頭。引用符で囲んだ英小文字", 'slug = "nara"'),
    "working_year": (int, "取扱年度。引用符のない西暦の整数", "working_year = 2025"),
    "manager": (dict, "最初の管理者の表", '[manager] の下に username = "nara-0123" と name = "奈良 花子"'),
    "sample": (bool, "サンプルかどうか。引用符のない true か false", "sample = true"),
}
_OPTIONAL = {"sample", "schools"}
_OF_A_MANAGER: Mapping[str, str] = {
    "username": '最初の管理者の職員ID。引用符で囲んだ文字。例: username = "nara-0123"',
    "name": '最初の管理者の氏名。引用符で囲んだ文字。例: name = "奈良 花子"',
}
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


class StatedWrong(ValueError):
    """`console.stated-wrong`: the file cannot be taken; the message says which key, what was expected, and an example."""

    identifier = "console.stated-wrong"


def read_request(path: Path) -> PrefectureRequest:
    """The request that a file states. Raises StatedWrong, SchoolsWrong."""
    stated = _parsed(path)
    known = [*_EXPECTED, "schools"]
    for key in stated:
        if key not in known:
            raise StatedWrong(f"{path} の「{key}」は知らない項目です。書けるのは {'、'.join(known)} です。{GUIDE}")
    for key, (kind, words, example) in _EXPECTED.items():
        if key in stated:
            _require_kind(path, key, stated[key], kind)
        elif key not in _OPTIONAL:
            raise StatedWrong(f"{path} に「{key}」がありません（{words}。例: {example}）。")
    read = {"manager": _manager(path, stated["manager"]), "schools": from_tables(stated.get("schools", []))}
    return PrefectureRequest(**stated | read)


def _manager(path: Path, table: Mapping[str, object]) -> FirstManager:
    for key in table:
        if key not in _OF_A_MANAGER:
            raise StatedWrong(
                f"{path} の manager の「{key}」は知らない項目です。書けるのは {'、'.join(_OF_A_MANAGER)} です。{GUIDE}"
            )
    for key, words in _OF_A_MANAGER.items():
        if not isinstance(table.get(key), str):
            raise StatedWrong(f"{path} の manager の「{key}」がないか、書き方が違います（{words}）。")
    return FirstManager(str(table["username"]), str(table["name"]))


def _require_kind(path: Path, key: str, value: object, kind: type) -> None:
    """A TOML boolean is no integer here, although Python counts it as one."""
    _, words, example = _EXPECTED[key]
    if type(value) is not kind:
        raise StatedWrong(f"{path} の「{key}」の書き方が違います（{words}。例: {example}）。")


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StatedWrong(f"{path} がありません。ファイルの場所と名前を確かめてください。{GUIDE}") from None
    except UnicodeDecodeError:
        raise StatedWrong(f"{path} の文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。") from None
    except OSError as error:
        raise StatedWrong(
            f"{path} を開けません（{type(error).__name__}）。ファイルであることと読む権限を確かめてください。"
        ) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        place = f"{found[1]}行目の{found[2]}文字目" if found else "終わりのあたり"
        raise StatedWrong(
            f"{path} の{place}がTOMLの書き方になっていません。「項目 = 値」の形で、文字は引用符で囲んでください。{GUIDE}"
        ) from None
