"""Words of what came back from 統合宛名, or did not; part of :data:`audit.trail.labels.WORDING`."""

from audit.trail.wording import Wording

ANSWERS_WORDING: dict[str, Wording] = {
    "linkage:inquiry:withdrawn": Wording(
        "照会の取りやめ",
        "要らなくなった照会を取りやめました",
        "承認した後に、辞退・生活保護・転出などで照会が不要になった",
    ),
    "linkage:answer:received": Wording("照会結果の受領", "照会結果を受け取りました", "照会の答えを受けた"),
    "linkage:answer:matched": Wording("突合", "照会結果を突合しました", "氏名と生年月日が一致し、本人の結果とした"),
    "linkage:answer:held": Wording("突合の保留", "照会結果を要確認にしました", "一致しない点があり、人の確認に回した"),
    "linkage:answer:rematched": Wording(
        "もう一度の突合", "照会の回答をもう一度突合しました", "登録内容を直した後、人が同じ回答をもう一度比べた"
    ),
    "linkage:answer:settled": Wording("要確認の解決", "要確認の照会結果を判断しました", "人が本人か否かを判断した"),
    "linkage:answer:refused": Wording(
        "照会していない結果", "照会していない結果を受け取らず退けました", "照会していない人の結果が届いた"
    ),
    "linkage:exchange:failed": Wording("連携の失敗", "連携に失敗しました", "相手に届かない、または答えが壊れている"),
    "linkage:exchange:abandoned": Wording(
        "回答を待つのをやめたこと",
        "回答を待つのをやめました",
        "期限を過ぎても回答のない、または前の接続先に残った送受信を、人が待たないことにした",
    ),
}
