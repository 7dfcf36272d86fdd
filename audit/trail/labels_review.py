"""Words of the loop that ends with a human answer: alerts, incidents, the monthly review; and of working hours."""

from audit.trail.wording import Wording

REVIEW_WORDING: dict[str, Wording] = {
    "alert:record:raised": Wording("警報の発生", "警報を出しました", "ふだんと違う利用を見つけた"),
    "alert:record:confirmed": Wording("警報の担当確認", "警報を確認しました", "監視担当が証拠を見た"),
    "alert:record:notified": Wording(
        "管理者への連絡", "情報セキュリティ管理者へ連絡しました", "情報セキュリティ管理者に知らせた"
    ),
    "alert:operator:asked": Wording("操作者への照会", "操作者に照会しました", "操作した本人に理由を尋ねた"),
    "alert:operator:answered": Wording("操作者の回答", "照会に回答しました", "操作した本人が理由を答えた"),
    "alert:record:judged": Wording(
        "警報の判定", "警報を判定しました", "正当・誤操作・目的外疑い・なりすまし疑いのいずれかに決めた"
    ),
    "alert:record:closed": Wording("警報の完了", "警報を完了しました", "一連の確認を終えた"),
    "alert:record:reopened": Wording(
        "警報の判定の見直し", "警報の判定の見直しを申し出ました", "前の判定は経過に残し、別の人が改めて判定する"
    ),
    "alert:deadline:passed": Wording("警報の期限超過", "警報の期限が過ぎました", "連絡・回答・判定の期限を過ぎた"),
    "alert:month:signed": Wording("月次確認", "月次の確認に署名しました", "管理者が一月の記録を確かめて署名した"),
    "alert:term:reminded": Wording(
        "警報の期限の予告", "警報の期限が近いことを知らせました", "期限の前に、次に行う人へ知らせた"
    ),
    "alert:record:escalated": Wording(
        "警報の上申", "期限を過ぎた警報を上の人に知らせました", "次に行う人が期限を過ぎても行わず、ほかの人へ知らせた"
    ),
    "watch:threshold:changed": Wording(
        "見守りのしきい値の変更", "見守りのしきい値を変更しました", "団体のしきい値を決めた、または標準に戻した"
    ),
    "watch:exception:added": Wording(
        "見守りの例外の登録", "見守りの例外を登録しました", "期限を決めて、規則が警報を出さないようにした"
    ),
    "watch:exception:ended": Wording(
        "見守りの例外の終了", "見守りの例外を終えました", "期限の前に、規則が警報を出すように戻した"
    ),
    "watch:loosening:proposed": Wording(
        "見守りを緩める申請",
        "見守りを緩める申請をしました",
        "例外、警報の減るしきい値、広い利用時間、休業日の取消しのどれかを、二人目の承認に出した",
    ),
    "watch:loosening:withdrawn": Wording(
        "見守りを緩める申請の取りやめ", "見守りを緩める申請を取りやめました", "申請した人か二人目が、申請を取りやめた"
    ),
    "watch:canary:placed": Wording(
        "おとりの世帯の設置", "おとりの世帯を置きました", "見守りのための架空の世帯を置いた（どれかは書かない）"
    ),
    "watch:canary:removed": Wording(
        "おとりの世帯の除去", "おとりの世帯を取り除きました", "見守りのための架空の世帯を取り除いた（どれかは書かない）"
    ),
    "incident:record:opened": Wording(
        "事案の発生", "漏えい等事案として扱い始めました", "重い判定により、報告の期限を数え始めた"
    ),
    "incident:numbers:frozen": Wording(
        "番号の取扱いの停止", "個人番号取扱者の役割を止めました", "重い判定の相手の、個人番号を扱う役割を終えた"
    ),
    "incident:purpose:marked": Wording(
        "不正の目的の有無", "不正の目的によるおそれの有無を決めました", "確報の期限が30日か60日かを決めた"
    ),
    "incident:preliminary:reported": Wording(
        "速報", "速報したことを記録しました", "個人情報保護委員会への速報を記録した"
    ),
    "incident:final:reported": Wording("確報", "確報したことを記録しました", "個人情報保護委員会への確報を記録した"),
    "incident:report:waived": Wording("報告対象外", "報告の対象でないと決めました", "理由を書いて、報告しないと決めた"),
    "incident:term:reminded": Wording(
        "事案の報告期限の予告",
        "事案の報告の期限が近いことを知らせました",
        "速報または確報の期限の前に、判定する人へ知らせた",
    ),
    "incident:deadline:passed": Wording(
        "事案の報告期限の超過",
        "事案の報告の期限が過ぎたことを知らせました",
        "速報または確報の期限を過ぎ、上の人へも知らせた",
    ),
    # 業務日時
    "calendar:hours:changed": Wording(
        "業務時間の変更", "業務時間を変更しました", "見守りが比べる業務日・業務時間を変えた"
    ),
    "calendar:overtime:notified": Wording("時間外の届出", "時間外の利用を届け出ました", "誰がいつまで残るかを届け出た"),
}
