"""Words of what happens to accounts; part of :data:`audit.trail.labels.WORDING`."""

from audit.trail.wording import Wording

ACCOUNT_WORDING: dict[str, Wording] = {
    "account:user:created": Wording("利用者の登録", "利用者を登録しました", "利用者を新しく作った"),
    "account:user:changed": Wording("利用者の変更", "利用者を変更しました", "利用者の氏名・所属などを変えた"),
    "account:user:disabled": Wording("利用者の停止", "利用者を停止しました", "利用者が使えないようにした"),
    "account:role:assigned": Wording("役割の付与", "役割を付与しました", "期間と学校を定めて役割を与えた"),
    "account:role:ended": Wording("役割の終了", "役割を終了しました", "役割を終わらせた"),
    "account:activation:issued": Wording(
        "開始コードの発行", "利用開始コードを発行しました", "一度だけ使える利用開始コードを出した"
    ),
    "account:password:changed": Wording("パスワードの変更", "パスワードを変更しました", "パスワードを変えた"),
    "account:factor:changed": Wording("認証器の変更", "認証器を変更しました", "認証器を替えた、または外した"),
    "account:lock:cleared": Wording(
        "一時停止の解除", "ログインの一時停止を解除しました", "続けて誤った利用者の停止を解いた"
    ),
    "account:approver:restored": Wording(
        "承認できる人の復旧",
        "承認できる人がいなくなった団体で、運用者2人が役割を付与しました",
        "承認できる人がいなくなったため、運用者2人が役割を付与した",
    ),
    "account:section:changed": Wording(
        "係・担当の変更", "係・担当の受持ち校を変更しました", "係・担当を登録した、または受け持つ学校や日付を変えた"
    ),
    "account:training:recorded": Wording("研修の記録", "研修の受講を記録しました", "取扱者の研修日を記録した"),
    "account:request:made": Wording(
        "利用者の申請",
        "利用者・番号を扱う場所・立入りの申請をしました",
        "二人目の承認に回した（二人目がいない間の登録はその旨つき）",
    ),
    "account:request:approved": Wording("申請の承認", "利用者の申請を承認しました", "申請した人とは別の人が承認した"),
    "account:request:refused": Wording("申請の却下", "利用者の申請を却下しました", "申請した人とは別の人が断った"),
    "account:request:withdrawn": Wording("申請の取下げ", "利用者の申請を取り下げました", "申請した人が取り下げた"),
    "account:transfer:proposed": Wording("人事異動の提案", "人事異動を提案しました", "表を読み、二人目の承認に回した"),
    "account:transfer:approved": Wording("人事異動の承認", "人事異動を承認しました", "二人目が承認し、反映を始めた"),
    "account:transfer:withdrawn": Wording("人事異動の取りやめ", "人事異動を取りやめました", "承認の前に取りやめた"),
    "account:tokens:loaded": Wording(
        "トークンの登録", "トークンの種を登録しました", "種のファイルから在庫に入れた（個数つき）"
    ),
    "account:token:assigned": Wording(
        "トークンの貸出し", "トークンを貸し出しました", "製造番号を指定して利用者に渡した"
    ),
    "account:token:returned": Wording(
        "トークンの返却", "トークンの返却を記録しました", "在庫に戻し、その認証器を外した"
    ),
    "account:token:lost": Wording("トークンの紛失", "トークンの紛失を記録しました", "二度と使えないようにした"),
    "account:rule:changed": Wording(
        "利用者の決まりの変更",
        "利用者の決まりを変えました",
        "パスワードの有効日数を決めた、またはなくした（前と後つき）",
    ),
    "account:place:changed": Wording(
        "番号を扱う場所の変更",
        "番号を扱う場所を変えました",
        "庁内の回線か端末を登録した、または外した（最後の1件かどうかつき）",
    ),
    "account:duties:acknowledged": Wording(
        "義務と罰則の確認", "義務と罰則を確認しました", "年に1回の確認をして、番号の画面を開けるようになった"
    ),
    # 運用事業者の立入り
    "vendor:window:opened": Wording(
        "立入りの開始", "運用事業者の立入りを開けました", "運用者・目的・画面・時間を限って開けた"
    ),
    "vendor:window:refused": Wording(
        "立入りを開ける操作の拒否",
        "いない運用者に立入りを開けようとして断られました",
        "入力した職員IDの運用者が運用コンソールにいなかった（入力した文字は残さない）",
    ),
    "vendor:window:closed": Wording(
        "立入りの終了", "運用事業者の立入りを閉じました", "団体・運用者・時刻のどれかで終わった"
    ),
    "vendor:entry:refused": Wording(
        "立入りの拒否", "開いていない立入りを求めて断られました", "入力された職員IDに開いている立入りがなかった"
    ),
    "vendor:visit:begun": Wording("立入り", "運用事業者が立ち入りました", "運用者が自分の認証器で入った"),
    "vendor:page:opened": Wording("立入りでの閲覧", "運用事業者が画面を開きました", "立入りの間に開いた画面"),
    "vendor:visit:ended": Wording(
        "運用者による立入りの終了",
        "運用者が立入りを終えました",
        "運用者が運用コンソールで自分の立入りを終えた（コンソールの記録）",
    ),
}
