"""Words of 情報提供: copies given to others; part of :data:`audit.trail.labels.WORDING`."""

from audit.trail.wording import Wording

PROVIDING_WORDING: dict[str, Wording] = {
    "linkage:provision:configured": Wording(
        "情報提供の設定",
        "情報提供の設定を登録しました",
        "副本を登録する日、根拠、保留への回答の決まりを、日を付けて決めた（登録を止める・もう一度始める設定は、別の人が承認した）",
    ),
    "linkage:switch:proposed": Wording(
        "副本の登録の切替えの提案",
        "副本の登録を止める、またはもう一度始める設定を提案しました",
        "副本の登録を止める・もう一度始める設定を、別の人の承認に回した（まだ効かない）",
    ),
    "linkage:switch:withdrawn": Wording(
        "副本の登録の切替えの取下げ",
        "副本の登録の切替えの提案を取り下げました",
        "承認の前に、切替えの設定を取り下げた",
    ),
    "linkage:deletion:reported": Wording(
        "端末での削除の報告",
        "副本を端末で削除したと報告しました",
        "中間サーバーの端末で副本を削除したと記録し、別の人の確認に回した（まだ削除済みとはしない）",
    ),
    "linkage:deletion:withdrawn": Wording(
        "端末での削除の報告の取下げ",
        "端末での削除の報告を取り下げました",
        "確認の前に、または確認できないため、端末での削除の報告を取り下げた",
    ),
    "linkage:provision:proposed": Wording(
        "副本登録一覧の提案", "副本登録一覧を提案しました", "追加・変更・削除する副本の一覧を確定した（指紋つき）"
    ),
    "linkage:provision:approved": Wording(
        "副本登録一覧の承認", "副本登録一覧を承認しました", "別の人が同じ指紋の一覧を承認した"
    ),
    "linkage:provision:withdrawn": Wording(
        "副本登録一覧の取下げ", "副本登録一覧を取り下げました", "承認の前に一覧を取り下げた"
    ),
    "linkage:provision:sent": Wording(
        "情報提供（副本）", "情報提供のための副本を送りました", "支給した額を中間サーバーに登録するために送った"
    ),
    "linkage:provision:accepted": Wording(
        "副本の登録", "副本の登録が受理されました", "中間サーバーが副本を追加・変更・削除した"
    ),
    "linkage:provision:refused": Wording(
        "副本の登録不可", "副本の登録が受理されませんでした", "中間サーバーが明細を、理由を付けて断った"
    ),
    "linkage:provision:doubted": Wording(
        "副本の結果不明", "副本の登録の結果が分かりませんでした", "期限内に結果が届かない、または結果を信用できない"
    ),
    "linkage:provision:dropped": Wording(
        "副本の送信の取りやめ",
        "送る前の副本を取りやめました",
        "情報提供の設定が変わり、承認済みで送っていない明細を送らないことにした",
    ),
    "linkage:provision:settled": Wording(
        "副本の明細の処理",
        "副本の明細を処理しました",
        "登録不可を直した、結果不明を端末で確かめた、または端末で行ったと記録した（端末での削除は、別の人が確かめた）",
    ),
    "linkage:incoming:received": Wording(
        "保留された照会の受領", "保留された照会を受け取りました", "他機関の照会のうち、職員の回答が要るものが届いた"
    ),
    "linkage:incoming:proposed": Wording(
        "保留された照会への回答の提案",
        "保留された照会への回答を提案しました",
        "提供するかしないかを決め、別の人の承認を求めた",
    ),
    "linkage:incoming:withdrawn": Wording(
        "保留された照会への回答の取消", "保留された照会への回答を取り消しました", "承認の前に回答を取り消した"
    ),
    "linkage:incoming:decided": Wording(
        "保留された照会への回答の決定", "保留された照会への回答を決めました", "提供する、または提供しないと決めた"
    ),
    "linkage:incoming:answered": Wording(
        "保留された照会への回答", "保留された照会への回答が受理されました", "中間サーバーが回答を受け付けた"
    ),
    "linkage:incoming:refused": Wording(
        "保留された照会への回答の不受理",
        "保留された照会への回答が受理されませんでした",
        "中間サーバーが回答を、理由を付けて断った",
    ),
    "linkage:list:reopened": Wording(
        "断られた一覧の再要求",
        "断られた一覧をもう一度求めました",
        "相手に断られてから求めていない一覧を、次の受領でもう一度求めることにした",
    ),
    "linkage:record:collected": Wording(
        "情報提供等記録の受領",
        "情報提供等記録を受け取りました",
        "照会と提供の記録（番号法23条）を中間サーバーから受け取った",
    ),
    "linkage:record:disposed": Wording(
        "情報提供等記録の廃棄",
        "保存期限を過ぎた情報提供等記録を削除しました",
        "設定した保存年数を過ぎた記録を、毎日の処理が削除した",
    ),
}
