"""Rules for characters, dates and codes, shared by all dialects."""

from __future__ import annotations

import re
import sys
from typing import Literal

from pydantic import model_validator

from integrations.atena_adapters.config.entries import Group, Settings, entry
from integrations.atena_adapters.fields import CODE_WORDS


class TextRules(Settings):
    """文字: width of kana, spaces in names, what to do with characters that cannot be written."""

    unencodable: Literal["refuse", "geta"] = entry(
        Group.CHARACTERS,
        "表せない文字(外字)",
        "送る先の文字コードで表せない文字の扱いです。元の文字はどちらでも手元に残ります。",
        "refuse",
        words={"refuse": "その明細を送らず、文字を知らせる", "geta": "〓に置き換えて送る"},
    )
    repertoire: Literal["encoding", "jisx0213"] = entry(
        Group.CHARACTERS,
        "送ってよい文字の範囲",
        "情報提供ネットワークの文字(JIS X 0213)に限ると、髙・𠮷なども表せない文字として扱います。",
        "encoding",
        words={"encoding": "文字コードで書ける文字すべて", "jisx0213": "JIS X 0213 の文字だけ"},
    )
    drop_variation_selectors: bool = entry(
        Group.CHARACTERS, "異体字の選択記号を外す", "「辻󠄀」のような異体字指定を外し、基の文字で送ります。", False
    )
    replacements: dict[str, str] = entry(
        Group.CHARACTERS, "文字の置き換え表", "表せない文字だけに使います。例: 𠮷=吉、U+20BB7=吉", {}, kind="table"
    )
    received_gaiji: dict[str, str] = entry(
        Group.CHARACTERS,
        "届いた外字の読み替え表",
        "相手の外字を、相手の外字一覧に従って読み替えます。例: U+E000=辻。ない外字はそのまま残して知らせます。",
        {},
        kind="table",
    )
    kana_width: Literal["full", "half"] = entry(
        Group.CHARACTERS,
        "カナの幅",
        "送るカナの幅です。読むときはどちらも読めます。",
        "full",
        words={"full": "全角", "half": "半角"},
    )
    small_kana: Literal["keep", "large"] = entry(
        Group.CHARACTERS,
        "小書きのカナ",
        "ッやャなどの扱いです。",
        "keep",
        words={"keep": "そのまま", "large": "大きくする(ッ→ツ)"},
    )
    name_space: Literal["keep", "full", "half", "none"] = entry(
        Group.CHARACTERS,
        "氏名の間の空白",
        "姓と名の間の空白です。",
        "keep",
        words={"keep": "そのまま", "full": "全角", "half": "半角", "none": "取る"},
    )
    address_width: Literal["keep", "full"] = entry(
        Group.CHARACTERS,
        "住所の英数字の幅",
        "送る住所の英数字の幅です。",
        "keep",
        words={"keep": "そのまま", "full": "全角にそろえる"},
    )
    omit_prefecture: bool = entry(
        Group.CHARACTERS, "住所の都道府県名を省く", "送る住所から都道府県名を取ります。", False
    )

    @model_validator(mode="after")
    def _sound(self) -> TextRules:
        for title, table in (("置き換え表", self.replacements), ("届いた外字の読み替え表", self.received_gaiji)):
            if wrong := [key for key in table if code_point(key) is None]:
                raise ValueError(
                    f"{title}の「{'、'.join(wrong[:5])}」は1文字ではありません。文字そのものか、U+E000のように書いてください。"
                )
        return self


def code_point(key: str) -> int | None:
    """Of a table's key, `U+E000` or the character itself; None when it is neither."""
    if written := _CODE_POINT.fullmatch(key):
        point = int(written[1], 16)
        return point if point <= sys.maxunicode and not 0xD800 <= point <= 0xDFFF else None
    return ord(key) if len(key) == 1 else None


_CODE_POINT = re.compile(r"U\+([0-9A-F]{4,6})", re.IGNORECASE | re.ASCII)


class DateRules(Settings):
    """日付: how days and years are written."""

    day: Literal[
        "YYYY-MM-DD",
        "YYYYMMDD",
        "YYYY/MM/DD",
        "GYYMMDD",
        "AYYMMDD",
        "GYY/MM/DD",
        "AYY/MM/DD",
        "AYY.MM.DD",
        "YYMMDD",
        "YY/MM/DD",
        "元YY年MM月DD日",
    ] = entry(
        Group.DATES,
        "年月日の形",
        "元号の数字は 1明治 2大正 3昭和 4平成 5令和、英字は M T S H R です。",
        "YYYY-MM-DD",
        words={
            "YYYY-MM-DD": "2026-04-01",
            "YYYYMMDD": "20260401",
            "YYYY/MM/DD": "2026/04/01",
            "GYYMMDD": "5080401(元号は数字)",
            "AYYMMDD": "R080401(元号は英字)",
            "GYY/MM/DD": "508/04/01(元号は数字)",
            "AYY/MM/DD": "R08/04/01(元号は英字)",
            "AYY.MM.DD": "R08.04.01(元号は英字)",
            "YYMMDD": "080401(元号なし)",
            "YY/MM/DD": "08/04/01(元号なし)",
            "元YY年MM月DD日": "令和08年04月01日",
        },
    )
    year: Literal["YYYY", "GYY", "AYY", "YY"] = entry(
        Group.DATES,
        "年度の形",
        "年度の書き方です。",
        "YYYY",
        words={"YYYY": "2026", "GYY": "508(元号は数字)", "AYY": "R08(元号は英字)", "YY": "08(元号なし)"},
    )
    context_year: int = entry(
        Group.DATES,
        "元号なしの年の基準年(西暦)",
        "元号の印がない2桁の年は、この年までの30年間にある年として読みます。二つの元号に当てはまる日は読まずに確認へ回します。",
        2026,
        ge=1990,
        le=2100,
    )


class Codes(Settings):
    """書式: code words.  Several codes of one meaning are joined with `|`; the first is the one that is sent."""

    kinds: dict[str, str] = entry(
        Group.LAYOUT,
        "照会区分のコード",
        "住民票・地方税・生活保護",
        {"resident": "1", "tax": "2", "welfare": "3"},
        kind="table",
    )
    registration_results: dict[str, str] = entry(
        Group.LAYOUT, "付番結果のコード", "付番済・付番不可・処理中",
        {"registered": "00", "rejected": "90", "pending": "10"}, kind="table",
    )  # fmt: skip
    act_results: dict[str, str] = entry(
        Group.LAYOUT, "異動・廃止・副本登録・一覧・回答の結果のコード", "完了・不可・処理中",
        {"done": "00", "rejected": "90", "pending": "10"}, kind="table",
    )  # fmt: skip
    acts: dict[str, str] = entry(
        Group.LAYOUT, "副本の異動区分のコード", "追加・変更・削除",
        {"add": "1", "change": "2", "delete": "3"}, kind="table",
    )  # fmt: skip
    linkage_results: dict[str, str] = entry(
        Group.LAYOUT, "符号確認結果のコード", "取得済・取得中・なし",
        {"linked": "00", "pending": "10", "not_linked": "90"}, kind="table",
    )  # fmt: skip
    lists: dict[str, str] = entry(
        Group.LAYOUT, "一覧の種類のコード", "保留の照会・情報提供等記録(初期値は仮)。",
        {"incoming": "1", "records": "2"}, kind="table",
    )  # fmt: skip
    sides: dict[str, str] = entry(
        Group.LAYOUT, "照会・提供の別のコード", "照会した・提供した(初期値は仮)。",
        {"asked": "1", "provided": "2"}, kind="table",
    )  # fmt: skip
    decisions: dict[str, str] = entry(
        Group.LAYOUT, "回答区分のコード", "提供する・提供しない(初期値は仮)。",
        {"release": "1", "refuse": "2"}, kind="table",
    )  # fmt: skip
    inquiry_results: dict[str, str] = entry(
        Group.LAYOUT, "照会結果のコード", "公表された値はないため、統合宛名側の仕様書の値を入れます(初期値は仮)。",
        {
            "answered": "00", "not_found": "20", "not_declared": "21", "held": "30", "refused": "40",
            "communication_error": "80", "communication_stopped": "81", "expired": "50", "pending": "10",
        }, kind="table",
    )  # fmt: skip
    receipt_statuses: dict[str, str] = entry(
        Group.LAYOUT, "受領結果のコード", "受領・一部受領・受領不可",
        {"accepted": "0", "partly": "1", "rejected": "9"}, kind="table",
    )  # fmt: skip
    yes_no: dict[str, str] = entry(
        Group.LAYOUT, "有無のコード", "受給あり・なし", {"yes": "1", "no": "0"}, kind="table"
    )

    @model_validator(mode="after")
    def _sound(self) -> Codes:
        for table, words in CODE_WORDS.items():
            _check(table, getattr(self, table), words)
        return self


def _check(table: str, codes: dict[str, str], words: tuple[str, ...]) -> None:
    if set(codes) != set(words):
        raise ValueError(f"コード表 {table} には次の語がすべて必要です: {'、'.join(words)}")
    wires = [wire for joined in codes.values() for wire in joined.split("|")]
    if len(set(wires)) < len(wires) or "" in wires:
        raise ValueError(f"コード表 {table} に空のコードか、二度使われているコードがあります。")


def check_missing_mark(mark: str, codes: Codes) -> None:
    """A mark that a value could look like would make a value of it nothing: 0円 and no answer are not the same.

    Raises ValueError.
    """
    tables: dict[str, dict[str, str]] = codes.model_dump()
    used = {wire for table in tables.values() for joined in table.values() for wire in joined.split("|")}
    if any(character.isdigit() or character in "\r\n" for character in mark) or (mark and mark in used):
        raise ValueError("値なしの印には、数字・改行・コード表にある値は使えません。値と見分けられる印にしてください。")
