"""The words of `audit.trail.vocabulary` about the trail itself (記録の保全): sealing, handing out, comparing, disposing."""

from audit.trail.wording import Wording

TRAIL_WORDING: dict[str, Wording] = {
    "round:members:calculated": Wording(
        "支給額の計算の途中", "支給額の一部を計算しました", "計算の一区切りを書き込んだ（人数つき）"
    ),
    "number:key:resealed": Wording(
        "番号の封・照合の値の作り直し",
        "番号の封か照合の値を作り直しました",
        "新しい鍵で一区切りの値を作り直した（件数つき）",
    ),
    "number:filekey:changed": Wording(
        "番号ファイルの鍵の設定", "番号ファイルの鍵を設定しました", "学校が番号ファイルを封緘する鍵を使い始めた"
    ),
    "number:list:used": Wording(
        "利用対象者一覧の使用", "承認済みの利用対象者一覧を使いました", "処理が番号を開く前に一覧を自分のものにした"
    ),
    "trail:head:handed": Wording(
        "署名の引渡し", "記録の署名を団体に引き渡しました", "一時間ごとに、最後の束の署名を団体の受取先に渡した"
    ),
    "trail:head:failed": Wording(
        "署名の引渡しの失敗", "記録の署名を受取先に送れませんでした", "syslog の受取先に届かず、次の回に改めて送る"
    ),
    "trail:receiver:changed": Wording(
        "記録の受取先の変更", "記録の受取先を変更しました", "団体の syslog サーバーの設定を変えた（秘密は含まない）"
    ),
    "trail:month:disposed": Wording(
        "記録の廃棄",
        "保存期間を過ぎた一月分の記録の廃棄を始めました",
        "一月分を消す前に書く（件数つき、束の署名は残る）",
    ),
    "trail:lost_month:disposed": Wording(
        "鍵のない団体の記録の廃棄",
        "鍵を破棄した団体の、保存期間を過ぎた一月分の記録の廃棄を始めました",
        "その団体では封をできないため、一月分を消す前に運用コンソールの記録に書く（件数つき）",
    ),
    "trail:witness:agreed": Wording(
        "書込み照合の完了",
        "書込みと記録を照合し、差異はありませんでした",
        "夜間に、表への書込みと記録を照らした（件数つき）",
    ),
    "trail:witness:differed": Wording(
        "書込み照合の差異", "記録のない書込みを見つけました", "記録を伴わない表への書込み、または届かない記録があった"
    ),
    "trail:event:refused": Wording(
        "署名の合わない記録の隔離",
        "署名の合わない記録を受け取らず、隔離しました",
        "送信待ちに、システムの署名が合わない記録があった（件数つき）",
    ),
    "trail:request:received": Wording(
        "請求・問合せの受付",
        "記録についての請求・問合せを受け付けました",
        "開示・訂正・利用停止の請求、問合せを登録した",
    ),
    "trail:request:answered": Wording(
        "請求・問合せへの回答", "記録についての請求・問合せに回答しました", "回答とその日を登録した"
    ),
    "print:disclosure:made": Wording(
        "開示用の記録の印刷", "開示請求のための記録を印刷しました", "本人・保護者に渡す閲覧の記録の PDF を作る前に書く"
    ),
}
