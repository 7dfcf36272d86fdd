"""State on a page is a word plus a shape plus a colour, the same everywhere; here stands which shape a word takes."""

from enum import StrEnum


class Tone(StrEnum):
    """The kinds of state. The value is also the CSS class suffix (`state-done`)."""

    DONE = "done"
    HALF = "half"
    EMPTY = "empty"
    ATTENTION = "attention"
    STOPPED = "stopped"
    NEUTRAL = "neutral"


SHAPES = {
    Tone.DONE: "●",
    Tone.HALF: "◐",
    Tone.EMPTY: "○",
    Tone.ATTENTION: "▲",
    Tone.STOPPED: "■",
    Tone.NEUTRAL: "◇",
}

_WORDS = {
    Tone.DONE: (
        "決定 確定 完了 稼働 支給済 確認済 一致 進達済 承認済 判定済 登録済 取込済 有効 正常 成功 終了 通知済 支給"
        " 付番済 照会可 回答済"
    ),
    Tone.HALF: (
        "審査中 受付中 接続試験 試験中 算定中 算定済 実行中 照会中 登録依頼中 入力中 準備中 連絡済 回答待ち 承認待ち"
        " 番号確認済 付番依頼中 符号取得中 回答送信中"
    ),
    Tone.EMPTY: "未提出 未着手 未試験 未登録 未照会 未回答 予定 番号待ち 下書き 待機中 送信待ち 未支給 未受付",
    Tone.ATTENTION: (
        "要確認 差し戻し 差戻し 誤り 保留 期限切れ 失敗 遅れ 未確認 不一致 要対応 異常 検知 登録不可 結果不明"
        " 付番不可 番号変更 重複疑い 回答不可"
    ),
    Tone.STOPPED: "停止 中止 取消 廃止 却下 辞退 無効 休止 支給停止 取りやめ 取下げ",
}

_TONE_OF_WORD = {word: tone for tone, words in _WORDS.items() for word in words.split()}


def tone_of(word: str) -> Tone:
    """The tone of a state word; a word not in the table is neutral (◇), so that no state is claimed by accident."""
    return _TONE_OF_WORD.get(word, Tone.NEUTRAL)
