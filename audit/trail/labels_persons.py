"""Words of the people at 統合宛名 after their registration; part of :data:`audit.trail.labels.WORDING`."""

from audit.trail.wording import Wording

PERSON_WORDING: dict[str, Wording] = {
    "linkage:person:moved": Wording(
        "宛名の状態の変更",
        "宛名の状態が変わりました",
        "番号確認・符号の取得・番号変更・重複疑い・廃止などで状態が変わった",
    ),
    "linkage:person:handled": Wording(
        "宛名の手作業の記録", "手作業での異動・廃止を記録しました", "統合宛名の端末で行ったことを、理由とともに記録した"
    ),
    "linkage:change:sent": Wording(
        "異動・廃止・符号確認の送信", "異動・廃止・符号確認を送りました", "統合宛名に異動・廃止・符号の確認を送った"
    ),
    "linkage:change:accepted": Wording(
        "異動・廃止・符号確認の受理", "異動・廃止・符号確認の結果を受けました", "統合宛名が受け付け、または答えた"
    ),
    "linkage:change:refused": Wording(
        "異動・廃止・符号確認の不受理", "異動・廃止・符号確認が受け付けられませんでした", "統合宛名が理由を付けて断った"
    ),
}
