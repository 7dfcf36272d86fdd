"""Why a line was not taken: stable ids and words that say what to do. No number, no name."""

from __future__ import annotations

from dataclasses import dataclass

BAD_LINE = "vault.bad-line"
BAD_NUMBER = "vault.bad-number"
UNKNOWN_MEMBER = "vault.unknown-member"
GIVEN_TWICE = "vault.given-twice"
SHARED_IN_FILE = "vault.shared-in-file"
HELD_BY_ANOTHER = "vault.held-by-another"
FORMER_NUMBER = "vault.former-number"

MESSAGES = {
    BAD_LINE: "行を読めません。世帯番号・構成員番号・個人番号の3つがそろっているか確かめ、ファイルを作り直してください。",
    BAD_NUMBER: "個人番号として正しくありません（12桁、検査用数字）。本人の確認書類と照らして直してください。",
    UNKNOWN_MEMBER: "この世帯番号・構成員番号の人が、この学校の名簿にいません。先に名簿を取り込むか、番号を確かめてください。",
    GIVEN_TWICE: "同じ人に違う個人番号が2つ以上書かれています。どれも登録していません。正しい1行だけにしてください。",
    SHARED_IN_FILE: "同じ個人番号が2人以上に書かれています。どれも登録していません。取り違えを確かめてください。",
    HELD_BY_ANOTHER: (
        "同じ個人番号が別の人に登録されているため登録していません。取り違えを確かめ、情報セキュリティ管理者に連絡してください。"
    ),
    FORMER_NUMBER: (
        "漏えい等により変更された前の番号です（本人または別の人）。登録していません。変更後の番号を確かめてください。"
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    line: int
    household_number: str = ""
    member_key: str = ""

    @property
    def message(self) -> str:
        return MESSAGES[self.code]
