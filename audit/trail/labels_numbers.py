"""The words of `audit.trail.vocabulary` about numbers (番号): storing, using, disposing of them, and their keys."""

from audit.trail.wording import Wording

NUMBER_WORDING = {
    "number:individual:stored": Wording("個人番号の登録", "個人番号を登録しました", "個人番号を暗号化して保管した"),
    "number:individual:replaced": Wording(
        "個人番号の変更", "個人番号を変更しました", "保管していた個人番号を新しいものに替えた"
    ),
    "number:individual:revealed": Wording(
        "個人番号の表示", "個人番号を表示しました", "目的・事務コード・案件を確かめ、表示する前に書く"
    ),
    "number:individual:used": Wording(
        "個人番号の利用", "個人番号を連携に使いました", "統合宛名への登録などのために復号した"
    ),
    "number:individual:refused": Wording(
        "個人番号の拒否", "個人番号の表示を求めて断られました", "役割・再認証・目的のいずれかが足りない"
    ),
    "number:individual:deleted": Wording("個人番号の廃棄", "個人番号を廃棄しました", "復元できない方法で消した"),
    "number:individual:changed": Wording(
        "個人番号の届出による変更",
        "個人番号の変更を登録しました",
        "理由と有効期間とともに新しい番号を保管した（前の番号は終了日つきで残る）",
    ),
    "number:conflict:found": Wording(
        "番号の重複の検知", "同じ番号が二人に使われていました", "重複した二人の構成員だけを書き、番号は書かない"
    ),
    "number:conflict:settled": Wording("番号の重複の処理", "番号の重複を処理しました", "確かめた結果を添えて閉じた"),
    "number:unified:stored": Wording(
        "統合宛名番号の登録", "団体内統合宛名番号を登録しました", "統合宛名から受けた番号を暗号化して保管した"
    ),
    "number:unified:ended": Wording(
        "統合宛名番号の終了", "団体内統合宛名番号を終えました", "統合宛名で廃止した人の番号を、使わないものにした"
    ),
    "number:unified:revealed": Wording(
        "統合宛名番号の表示", "団体内統合宛名番号を表示しました", "目的・事務コード・案件を確かめ、表示する前に書く"
    ),
    "number:file:loaded": Wording(
        "番号ファイルの読込", "封緘した番号ファイルを読み込みました", "名簿とは別に受けた番号を保管した（件数つき）"
    ),
    "number:file:refused": Wording(
        "番号ファイルの拒否", "番号ファイルを受け付けませんでした", "封緘が解けない、または内容に誤りがある"
    ),
    "number:file:emptied": Wording(
        "受渡しファイルの消去", "受渡しファイルの番号を消しました", "相手の受領を確かめて番号を消した"
    ),
    "number:transit:erased": Wording(
        "一時保管の消去", "一時保管の番号を消しました", "登録の受領後または期限切れで消した（件数つき）"
    ),
    "number:list:asked": Wording(
        "利用対象者一覧の依頼", "番号を使う人の一覧の承認を依頼しました", "処理で番号を開く対象者を固定した"
    ),
    "number:list:approved": Wording(
        "利用対象者一覧の承認", "番号を使う人の一覧を承認しました", "期限つき・一つの処理に限って利用を認めた"
    ),
    "number:list:withdrawn": Wording(
        "利用対象者一覧の取消", "番号を使う人の一覧を取り消しました", "承認前または利用前に取り消した"
    ),
    "number:list:refused": Wording(
        "一覧にない番号利用の拒否",
        "承認のない番号の利用を断りました",
        "承認済みの一覧がない、期限切れ、別の処理で利用済み、対象外のいずれか",
    ),
    "number:mode:proposed": Wording(
        "保管の決まりの変更の起案",
        "番号の保管の決まりの変更を起案しました",
        "保有形態と保管年数などを、承認のために固定した",
    ),
    "number:mode:withdrawn": Wording(
        "保管の決まりの変更の取消", "番号の保管の決まりの変更を取り消しました", "承認前に取り消した"
    ),
    "number:mode:changed": Wording(
        "保有形態の変更", "番号の保有形態を変更しました", "起案者と別の人が承認し、保有形態などの決まりが変わった"
    ),
    "number:disposal:proposed": Wording(
        "番号廃棄の起案", "番号の廃棄を起案しました", "規則と件数、ハッシュ一覧の指紋を固定した"
    ),
    "number:disposal:approved": Wording("番号廃棄の承認", "番号の廃棄を承認しました", "起案者と別の人が承認した"),
    "number:disposal:withdrawn": Wording("番号廃棄の取消", "番号の廃棄を取り消しました", "承認前に取り消した"),
    "number:disposal:finished": Wording(
        "番号廃棄の完了", "番号の廃棄が終わりました", "件数とハッシュ一覧の指紋を証明として書く"
    ),
    "number:tombstone:replayed": Wording(
        "廃棄の再適用", "復元で戻った番号をもう一度廃棄しました", "墓標の一覧と照らして消した（件数つき）"
    ),
    "number:key:changed": Wording(
        "番号の鍵の更新", "番号の鍵を新しくしました", "新しい鍵で封か照合の値を作り直し始めた"
    ),
    "number:key:destroyed": Wording(
        "番号の鍵の廃棄", "番号の古い鍵を廃棄しました", "その鍵による値が0件になったことを確かめて消した"
    ),
}
