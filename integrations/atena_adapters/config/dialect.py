"""How messages are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from integrations.atena_adapters.config.entries import Group, Settings, entry
from integrations.atena_adapters.config.layouts import Layouts
from integrations.atena_adapters.config.rules import Codes, DateRules, TextRules, check_missing_mark

Encoding = Literal["utf-8", "cp932", "utf-16", "euc_jp"]


class JsonDialect(Settings):
    """One JSON object per file: some keys about the batch, and the lines."""

    kind: Literal["json"] = "json"
    lines_key: str = entry(Group.LAYOUT, "明細のキー", "明細の配列が入るキーです。", "lines")
    count_key: str = entry(Group.LAYOUT, "件数のキー", "件数が入るキー。空なら件数を書かず、確かめません。", "count")
    batch_key: str = entry(Group.LAYOUT, "送信単位のキー", "送信単位の番号が入るキー。空なら書きません。", "batch")
    amounts_as_numbers: bool = entry(
        Group.LAYOUT, "金額を数値で書く", "外すと文字列で書きます。読むときは両方読めます。", True
    )
    layouts: Layouts = Field(default_factory=Layouts)
    text: TextRules = Field(default_factory=TextRules)
    dates: DateRules = Field(default_factory=DateRules)
    codes: Codes = Field(default_factory=Codes)


class DelimitedDialect(Settings):
    """CSV and its relatives."""

    kind: Literal["delimited"] = "delimited"
    encoding: Encoding = entry(
        Group.CHARACTERS,
        "文字コード",
        "相手のファイルの文字コードです。",
        "utf-8",
        words={"utf-8": "UTF-8", "cp932": "Shift_JIS(Windows)", "utf-16": "UTF-16", "euc_jp": "EUC-JP"},
    )
    bom: bool = entry(
        Group.CHARACTERS, "先頭にBOMを付ける", "UTF-8のときだけ。読むときはあってもなくても読めます。", False
    )
    newline: Literal["LF", "CRLF"] = entry(
        Group.LAYOUT,
        "改行",
        "送るときの改行です。読むときはどちらも読めます。",
        "LF",
        words={"LF": "LF", "CRLF": "CRLF"},
    )
    delimiter: Literal[",", "\t", "|"] = entry(
        Group.LAYOUT, "区切り", "値と値の間の文字です。", ",", words={",": "カンマ", "\t": "タブ", "|": "縦線"}
    )
    quoting: Literal["minimal", "all", "none"] = entry(
        Group.LAYOUT,
        "引用符",
        "「使わない」では、区切りを含む値の明細は送れません。",
        "minimal",
        words={"minimal": "必要なときだけ", "all": "すべての値", "none": "使わない"},
    )
    header: bool = entry(Group.LAYOUT, "見出し行", "先頭に見出し行を置き、読むときは見出しの一致を確かめます。", True)
    trailer: str = entry(
        Group.LAYOUT,
        "末尾行の印",
        "末尾に「印,件数」の行を置き、途中で切れていないか確かめます。空なら置きません。",
        "",
    )
    missing_mark: str = entry(
        Group.LAYOUT, "値なしの印", "「項目そのものがない」ことを空欄と区別する印。空なら区別しません。", ""
    )
    layouts: Layouts = Field(default_factory=Layouts)
    text: TextRules = Field(default_factory=TextRules)
    dates: DateRules = Field(default_factory=DateRules)
    codes: Codes = Field(default_factory=Codes)

    @model_validator(mode="after")
    def _sound(self) -> DelimitedDialect:
        if self.bom and self.encoding != "utf-8":
            raise ValueError("BOMを付けられるのは文字コードがUTF-8のときだけです。")
        check_missing_mark(self.missing_mark, self.codes)
        return self
