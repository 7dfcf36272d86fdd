"""Japanese words of every event: its label, the end of its sentence (誰々が …), and its meaning in one line.

Keyed by the event's value; a test holds this table, :class:`audit.trail.vocabulary.Event` and ``docs/trail.md`` equal.
"""

from audit.trail.labels_accounts import ACCOUNT_WORDING
from audit.trail.labels_answers import ANSWERS_WORDING
from audit.trail.labels_carried import CARRIED_WORDING
from audit.trail.labels_numbers import NUMBER_WORDING
from audit.trail.labels_persons import PERSON_WORDING
from audit.trail.labels_providing import PROVIDING_WORDING
from audit.trail.labels_review import REVIEW_WORDING
from audit.trail.labels_trail import TRAIL_WORDING
from audit.trail.wording import GROUPS, SUBJECTS, Wording

__all__ = ["GROUPS", "SUBJECTS", "WORDING", "Wording"]

WORDING: dict[str, Wording] = {
    # 利用
    "session:login:succeeded": Wording(
        "ログイン", "ログインしました", "パスワードとワンタイムパスワードの両方が正しかった"
    ),
    "session:password:failed": Wording(
        "パスワード誤り", "パスワードを誤りました", "パスワードが違う、または利用者がいない"
    ),
    "session:otp:failed": Wording(
        "ワンタイムパスワード誤り", "ワンタイムパスワードを誤りました", "パスワードは正しく、ワンタイムパスワードが違う"
    ),
    "session:otp:verified": Wording(
        "再認証", "ワンタイムパスワードで再認証しました", "重要な操作の前にワンタイムパスワードを改めて確かめた"
    ),
    "session:otp:enrolled": Wording("認証器の登録", "認証器を登録しました", "利用者が自分の認証器を初めて登録した"),
    "session:backup_code:used": Wording(
        "予備コードの使用", "予備コードでログインしました", "認証器の代わりに予備コードを使った"
    ),
    "session:backup_codes:issued": Wording(
        "予備コードの発行", "予備コードを発行しました", "予備コードを作り、一度だけ表示した"
    ),
    "session:attempts:throttled": Wording(
        "ログインの一時停止",
        "続けて誤ったため一時的に止められました",
        "失敗が続いたため、決まった時間ログインを受け付けない",
    ),
    "session:logout:done": Wording("ログアウト", "ログアウトしました", "利用者が自分で終えた（利用時間つき）"),
    "session:timeout:done": Wording(
        "時間切れ", "操作がないためログアウトになりました", "無操作または上限時間で終わった（利用時間つき）"
    ),
    "session:other:ended": Wording(
        "ほかの端末の終了", "新しいログインにより前の利用を終えました", "同じ利用者の別の端末での利用を終わらせた"
    ),
    "session:other:disowned": Wording(
        "本人でないとの申出",
        "この利用は自分ではないと申し出ました",
        "利用者が自分のアカウントの利用について「これは私ではない」と申し出た",
    ),
    # 拒否
    "access:permission:refused": Wording(
        "権限なしの拒否", "権限のない画面を求めて断られました", "役割にその操作が許されていない"
    ),
    "access:network:refused": Wording(
        "回線の外からの拒否",
        "登録した回線の外から運用コンソールを求めて断られました",
        "運用コンソールを開ける回線の外からだった",
    ),
    "access:file:refused": Wording(
        "ファイルの受取りの拒否",
        "送られたファイルを受け取りませんでした",
        "検査で見つかった、検査できなかった、または1人の上限を超えた（理由つき、名前と中身は残さない）",
    ),
    "access:school:refused": Wording(
        "他校の記録の拒否", "担当でない学校の記録を求めて断られました", "担当する学校の外の記録だった"
    ),
    "access:prefecture:refused": Wording(
        "他団体の利用の拒否",
        "他の団体の利用情報を使おうとして断られました",
        "別の団体の Cookie・番号・ファイル・処理が使われた",
    ),
    "access:unverified:refused": Wording(
        "認証前の利用の拒否", "認証の済まないまま画面を求めて断られました", "ワンタイムパスワードの確認が済んでいない"
    ),
    "access:record:unknown": Wording(
        "存在しない記録の要求", "存在しない記録を求めて断られました", "この団体にない番号の記録・ファイル・処理を求めた"
    ),
    "access:form:refused": Wording(
        "送信元不明の操作の拒否", "この画面から送られたと確かめられない操作が断られました", "CSRF トークンが合わない"
    ),
    # 閲覧
    "read:household:shown": Wording("世帯の閲覧", "世帯を閲覧しました", "世帯の詳細を表示する前に書く"),
    "read:pupil:shown": Wording("児童生徒の閲覧", "児童生徒を閲覧しました", "児童生徒の詳細を表示する前に書く"),
    "read:statement:shown": Wording("調書の閲覧", "調書を閲覧しました", "収入額・需要額調書を表示する前に書く"),
    "read:expense:shown": Wording("経費の閲覧", "使用経費を閲覧しました", "使用経費を表示する前に書く"),
    "read:round:shown": Wording("支給回の閲覧", "支給回を閲覧しました", "支給回の明細を表示する前に書く"),
    "read:ledger:shown": Wording("支給台帳の閲覧", "個人別支給台帳を閲覧しました", "個人別支給台帳を表示する前に書く"),
    "read:sample:shown": Wording(
        "見本ファイルの閲覧", "見本ファイルを閲覧しました", "見本ファイルの値とバイトを表示する前に書く"
    ),
    "read:linkage:shown": Wording("照会結果の閲覧", "照会結果を閲覧しました", "情報照会の結果を表示する前に書く"),
    "read:import:shown": Wording("取込行の閲覧", "取込の行を閲覧しました", "取込ファイルの行を表示する前に書く"),
    "read:list:shown": Wording("一覧の閲覧", "一覧を閲覧しました", "一覧に出した対象の番号を並べて一件で書く"),
    "read:search:shown": Wording("検索", "検索しました", "条件の種類（値は書かない）と結果の対象を書く"),
    "read:trail:shown": Wording("記録の閲覧", "記録を閲覧しました", "この記録そのものを見た"),
    "read:alert:shown": Wording("警報の閲覧", "警報を閲覧しました", "警報とその証拠を表示する前に書く"),
    # 番号
    **NUMBER_WORDING,
    **REVIEW_WORDING,
    **CARRIED_WORDING,
    **TRAIL_WORDING,
    **PERSON_WORDING,
    # 取込
    "import:file:received": Wording(
        "取込ファイルの受付", "取込ファイルを受け付けました", "名簿・経費などのファイルを受けた"
    ),
    "import:file:refused": Wording(
        "取込ファイルの拒否", "取込ファイルを受け付けませんでした", "形式の誤り、または番号らしいものが入っている"
    ),
    "import:file:withdrawn": Wording(
        "取込のとりやめ", "読んだ取込ファイルを取り込むのをやめました", "変わる値を見た後で、取り込まないことにした"
    ),
    "import:rows:applied": Wording("取込", "取り込みました", "正しい行を記録に入れた（件数つき）"),
    "import:row:parked": Wording("取込行の保留", "行を保留にしました", "人の判断が要る行を取り置いた"),
    "import:row:settled": Wording(
        "取込行の解決", "取り込まなかった行を解決しました", "取り込まなかった行（保留・誤り）を人が判断した"
    ),
    # 世帯
    "household:record:created": Wording("世帯の登録", "世帯を登録しました", "世帯・構成員・児童生徒の新しい記録"),
    "household:record:changed": Wording("世帯の変更", "世帯を変更しました", "世帯・構成員・児童生徒の項目を変えた"),
    "household:status:changed": Wording(
        "状況の変更", "状況を変更しました", "転入・転出・在学など日付つきの状況を変えた"
    ),
    "household:member:moved": Wording(
        "世帯員の異動", "世帯員の異動を記録しました", "構成員が世帯に入った日、離れた日を書いた"
    ),
    "household:protection:changed": Wording(
        "支援措置の変更", "支援措置を変更しました", "住所を伏せる支援措置を付けた、または外した"
    ),
    "household:facts:corrected": Wording(
        "世帯の訂正",
        "世帯の登録を訂正しました",
        "世帯・構成員の項目を画面で直した（項目の名前と理由だけで、値は含まない）",
    ),
    "household:school:registered": Wording("学校の登録", "学校を登録しました", "学校を画面、一覧または導入で登録した"),
    "household:school:changed": Wording("学校の変更", "学校の登録を変更しました", "名称、部、開始日などを直した"),
    "household:school:closed": Wording("学校の終了", "学校に終了日を入れました", "閉校する学校に最後の日を入れた"),
    # 情報連携
    "linkage:registration:sent": Wording("宛名登録の依頼", "統合宛名に登録を依頼しました", "統合宛名への登録を送った"),
    "linkage:registration:accepted": Wording(
        "宛名登録の受理", "統合宛名の登録を受けました", "統合宛名が登録を受理した"
    ),
    "linkage:registration:refused": Wording(
        "宛名登録の不受理", "統合宛名の登録が受理されませんでした", "統合宛名が理由を付けて断った"
    ),
    "linkage:item:changed": Wording(
        "照会項目の設定",
        "照会項目の設定を登録しました",
        "項目を照会する・止める、同意が要る・要らないを、日を付けて決めた",
    ),
    "linkage:consent:recorded": Wording(
        "照会への同意",
        "照会への同意を登録しました",
        "本人の同意、またはその撤回を、確かめた書類と日を付けて登録した",
    ),
    "linkage:targets:proposed": Wording(
        "照会対象一覧の提案",
        "照会対象一覧を提案しました",
        "だれに何を照会するかの一覧を確定し、承認を求めた（指紋つき）",
    ),
    "linkage:targets:approved": Wording(
        "照会対象一覧の承認",
        "照会対象一覧を承認しました",
        "別の人が同じ指紋の一覧を承認した",
    ),
    "linkage:targets:withdrawn": Wording(
        "照会対象一覧の取下げ",
        "照会対象一覧を取り下げました",
        "一覧を承認せずに取り下げた",
    ),
    "linkage:inquiry:sent": Wording(
        "情報照会", "情報照会を送りました", "事務コードと項目を付けて照会した（番号法23条）"
    ),
    **ANSWERS_WORDING,
    "linkage:sample:tried": Wording(
        "見本ファイルの試験", "見本ファイルを試しました", "団体の見本ファイルを設定の書式で読んだ"
    ),
    "linkage:sample:erased": Wording(
        "見本ファイルの消去", "見本ファイルを消去しました", "封緘して保管していた見本ファイルを消した"
    ),
    **PROVIDING_WORDING,
    # 調書
    "statement:record:opened": Wording("調書の作成", "調書を作成しました", "年度の調書を新しく作った"),
    "statement:record:saved": Wording("調書の入力", "調書を入力しました", "調書の項目を保存した"),
    "statement:source:chosen": Wording(
        "使う所得の選択",
        "証明書と回答のどちらを算定に使うかを選びました",
        "両方がある人の所得について、理由を付けて一方を選んだ（額は含まない）",
    ),
    "statement:category:computed": Wording(
        "支弁区分の算定", "支弁区分を算定しました", "収入額・需要額・支弁区分を計算した"
    ),
    "statement:record:forwarded": Wording("進達", "調書を進達しました", "学校が教育委員会へ送った"),
    "statement:record:returned": Wording("調書の差戻し", "調書を差し戻しました", "理由を付けて学校へ戻した"),
    "statement:record:reviewed": Wording("調書の審査", "調書を審査しました", "教育委員会が確認を終えた"),
    "statement:category:proposed": Wording("決定の起案", "支弁区分の決定を起案しました", "もう一人の承認を求めた"),
    "statement:category:withdrawn": Wording(
        "決定の起案の取下げ", "支弁区分の決定の起案を取り下げました", "決定できない起案を審査に戻した"
    ),
    "statement:category:decided": Wording("支弁区分の決定", "支弁区分を決定しました", "起案者と別の人が決定した"),
    "statement:notice:issued": Wording("決定の通知", "決定を通知しました", "決定通知書を出した"),
    "statement:provisional:decided": Wording(
        "支弁区分の仮決定", "支弁区分を仮に決定しました", "所得などがそろわない世帯を、起案者と別の人が仮に決定した"
    ),
    "statement:redetermination:opened": Wording(
        "再判定の開始", "再判定を始めました", "決定した世帯の支弁区分を、年度の途中で判定しなおす調書を作った"
    ),
    "statement:redetermination:withdrawn": Wording(
        "再判定の取下げ", "再判定を取り下げました", "決定の前に再判定をやめ、元の決定を続けた"
    ),
    # 経費
    "expense:record:entered": Wording("経費の入力", "使用経費を入力しました", "使用経費を新しく入れた"),
    "expense:record:changed": Wording("経費の変更", "使用経費を変更しました", "使用経費を改めた"),
    "expense:record:removed": Wording("経費の取消し", "使用経費を取り消しました", "使用経費を取り消した"),
    "expense:outside:entered": Wording(
        "管理外学校支給額の登録",
        "管理外学校支給額を登録しました",
        "前の学校が支給した額を、限度額に数えるために登録した",
    ),
    "expense:outside:removed": Wording(
        "管理外学校支給額の取消し", "管理外学校支給額を取り消しました", "登録した管理外学校支給額を取り消した"
    ),
    # 支給
    "round:record:opened": Wording("支給回の作成", "支給回を作成しました", "期の支給回を新しく作った"),
    "round:payments:calculated": Wording("支給額の計算", "支給額を計算しました", "支給回の額を計算した（合計つき）"),
    "round:payments:approved": Wording("支給の承認", "支給を承認しました", "件数と合計を確かめて承認した"),
    "round:payments:released": Wording("支給の確定", "支給を確定しました", "支給を確定した（以後は訂正で改める）"),
    "round:recovery:accepted": Wording("戻入の決定", "戻入の差引きを決めました", "払い過ぎた額の差引きを決めた"),
    "round:payer:changed": Wording(
        "依頼人口座の変更", "依頼人口座を変更しました", "振込の依頼人口座を登録・変更した（項目名つき）"
    ),
    "round:file:made": Wording(
        "振込データの作成", "振込データを作成しました", "全銀形式のファイルを作った（件数と合計つき）"
    ),
    # 年度定義
    "yearpack:revision:opened": Wording(
        "年度定義の改訂の作成", "年度定義の改訂を作成しました", "もとの年度定義に重ねる改訂を新しく作った"
    ),
    "yearpack:revision:changed": Wording(
        "年度定義の改訂の入力", "年度定義の改訂に入力しました", "作成中の改訂の行を加え、直し、除いた（行の名前つき）"
    ),
    "yearpack:revision:proposed": Wording(
        "年度定義の改訂の提案", "年度定義の改訂を提案しました", "改訂の承認を別の職員に求めた（内容の指紋つき）"
    ),
    "yearpack:revision:returned": Wording(
        "年度定義の改訂の差戻し", "年度定義の改訂を差し戻しました", "承認せず、作成中に戻した"
    ),
    "yearpack:revision:approved": Wording(
        "年度定義の改訂の承認", "年度定義の改訂を承認しました", "提案者と別の職員が承認した（以後は変わらない）"
    ),
    "yearpack:revision:recalled": Wording(
        "年度定義の改訂の提案の取下げ",
        "年度定義の改訂の提案を取り下げました",
        "提案した本人が、承認の前に理由を記して作成中に戻した",
    ),
    "yearpack:revision:withdrawn": Wording(
        "年度定義の改訂の取下げ", "年度定義の改訂を取り下げました", "承認の前に使わないことにした"
    ),
    "yearpack:row:accepted": Wording(
        "未確認の行の採用", "未確認の行を採用しました", "未確認の行を、理由を記して団体の値として採用した"
    ),
    "yearpack:workbook:made": Wording(
        "年度定義のExcelの出力", "年度定義のExcelを出力しました", "入力用のExcelブックを作った"
    ),
    "yearpack:workbook:received": Wording(
        "年度定義のExcelの受取", "年度定義のExcelを読み込みました", "入力済みのExcelブックを読み、反映前の比較を作った"
    ),
    "yearpack:workbook:applied": Wording(
        "年度定義のExcelの反映", "年度定義のExcelを改訂に反映しました", "比較を確かめて、改訂に入れた（行数つき）"
    ),
    "yearpack:force:proposed": Wording(
        "年度定義の適用の提案", "年度定義の適用を提案しました", "どの改訂をいつから使うかの承認を別の職員に求めた"
    ),
    "yearpack:force:approved": Wording(
        "年度定義の適用の承認", "年度定義の適用を承認しました", "提案者と別の職員が適用を承認した"
    ),
    "yearpack:force:returned": Wording(
        "年度定義の適用の差戻し", "年度定義の適用を差し戻しました", "提案者と別の職員が、理由を付けて適用の提案を断った"
    ),
    "yearpack:force:withdrawn": Wording(
        "年度定義の適用の取下げ", "年度定義の適用を取り下げました", "提案した本人が、理由を付けて適用の提案をやめた"
    ),
    # 試算・照合
    "impact:run:requested": Wording(
        "影響試算の依頼", "影響試算を頼みました", "年度定義の影響試算または支給の再計算を頼んだ"
    ),
    "impact:run:finished": Wording(
        "影響試算の完了", "影響試算を終えました", "試算の結果を保存した（決定・支給は変えない）"
    ),
    "impact:run:removed": Wording(
        "影響試算の削除", "影響試算の結果を削除しました", "結果を人が消した、または期限が来た"
    ),
    "replay:night:finished": Wording(
        "再計算照合の完了", "計算書をすべて再計算し、すべて一致しました", "夜間の再計算照合で差異がなかった（件数つき）"
    ),
    "replay:difference:found": Wording(
        "再計算照合の差異",
        "再計算照合で一致しない計算書を見つけました",
        "夜間の再計算照合で一致しない計算書があった（件数つき）",
    ),
    # 印刷・持出し
    "print:notice:made": Wording("決定通知書の印刷", "決定通知書を印刷しました", "決定通知書の PDF を作る前に書く"),
    "print:statement:made": Wording("調書の印刷", "調書を印刷しました", "収入額・需要額調書の PDF を作る前に書く"),
    "print:calculation:made": Wording(
        "決定の計算書の印刷", "決定の計算書を印刷しました", "保護者に渡す計算書の PDF を作る前に書く"
    ),
    "print:payment:made": Wording(
        "支給額の計算書の印刷", "支給額の計算書を印刷しました", "保護者に渡す支給額の計算書の PDF を作る前に書く"
    ),
    "print:ledger:made": Wording(
        "支給台帳の印刷", "個人別支給台帳を印刷しました", "個人別支給台帳の PDF を作る前に書く"
    ),
    "print:slip:made": Wording("支給明細書の印刷", "支給明細書を印刷しました", "支給明細書の PDF を作る前に書く"),
    "print:report:made": Wording("報告の印刷", "報告を印刷しました", "状況報告・実績報告などを作る前に書く"),
    "print:records:made": Wording(
        "情報提供等記録の開示用の印刷",
        "情報提供等記録を開示用に印刷しました",
        "本人に渡す情報提供等記録（番号法23条）の PDF を作る前に書く",
    ),
    "print:wording:proposed": Wording(
        "文面の提案", "決定通知書の文面を提案しました", "教示文・問合せ先・発信者名の新しい版の承認を求めた"
    ),
    "print:wording:approved": Wording(
        "文面の承認", "決定通知書の文面を承認しました", "別の人が承認し、その日から印字されるようになった"
    ),
    "print:wording:withdrawn": Wording(
        "文面の取下げ", "決定通知書の文面の提案を取り下げました", "提案した文面を承認せずに取り下げた"
    ),
    "export:table:made": Wording("表の持出し", "表をファイルに書き出しました", "画面の表を Excel・CSV にする前に書く"),
    "export:file:downloaded": Wording("ファイルの取得", "ファイルを取得しました", "できたファイルを渡す前に書く"),
    "export:trail:made": Wording("記録の持出し", "記録をファイルに書き出しました", "この記録を書き出す前に書く"),
    # 処理
    "job:run:requested": Wording("処理の依頼", "処理を依頼しました", "長い処理を頼んだ、または再開を頼んだ"),
    "job:run:started": Wording("処理の開始", "処理を始めました", "処理が始まった"),
    "job:run:resumed": Wording("処理の再開", "中断した処理を再開しました", "中断の後、残りから続けた"),
    "job:run:finished": Wording("処理の完了", "処理を終えました", "処理が終わった（結果の件数つき）"),
    "job:run:failed": Wording("処理の失敗", "処理が失敗しました", "処理が誤りで止まった（誤りの番号つき）"),
    "job:run:cancelled": Wording("処理の中止", "処理を中止しました", "人の求めで処理を止めた"),
    "job:message:refused": Wording(
        "処理依頼の拒否", "署名の合わない処理依頼を退けました", "署名または団体が処理の記録と合わない"
    ),
    # 運用
    "console:prefecture:onboarded": Wording("団体の開設", "団体を開設しました", "団体の領域・ログイン・鍵を作り終えた"),
    "console:manager:restated": Wording(
        "最初の管理者の変更", "最初の管理者を改めました", "導入中の団体の、最初のテナント管理者を改めた"
    ),
    "console:step:done": Wording("開設手順の完了", "開設の手順を終えました", "開設の一手順が済んだ"),
    "console:step:failed": Wording("開設手順の失敗", "開設の手順が失敗しました", "開設の一手順が止まった"),
    "console:state:changed": Wording(
        "団体の状態変更", "団体の状態を変更しました", "準備・試験・稼働・停止を切り替えた"
    ),
    "console:adapter:configured": Wording("宛名接続の設定", "宛名接続を設定しました", "統合宛名の接続設定を保存した"),
    "console:adapter:checked": Wording("宛名接続の試験", "宛名接続を試験しました", "統合宛名の接続試験を行った"),
    "console:adapter:requested": Wording(
        "宛名接続の有効化の依頼", "宛名接続の有効化を依頼しました", "作成者とは別の人が、適用開始日を決めて依頼した"
    ),
    "console:adapter:withdrawn": Wording(
        "有効化の依頼の取消", "宛名接続の有効化の依頼を取り消しました", "団体へ反映する前に依頼を取り消した"
    ),
    "console:adapter:offered": Wording(
        "書式の受け渡し", "宛名接続の書式を団体に渡しました", "見本ファイルを試せるように、認証情報を除いて渡した"
    ),
    "console:adapter:imported": Wording(
        "宛名接続の取込", "宛名接続の設定を取り込みました", "署名を確かめた設定ファイルから版を作った"
    ),
    "console:adapter:activated": Wording(
        "宛名接続の有効化", "宛名接続を有効にしました", "試験済みの設定を別の人が有効にした"
    ),
    "console:schema:missing": Wording(
        "保存領域の不在",
        "団体の保存領域が見つかりませんでした",
        "保存領域が消えたか、名前が変わっている（画面は閉じたまま）",
    ),
    "console:login:restored": Wording(
        "データベースのログインの復元",
        "自分の設定を変えたデータベースのログインを、元に戻しました",
        "画面からは起こらない（製品の誤りか、不正なSQLのおそれ）",
    ),
    "console:backup:done": Wording("バックアップの記録", "バックアップが終わりました", "運用者の手順が知らせた"),
    "console:key:rotated": Wording("鍵の包み直し", "鍵を新しい鍵で包み直しました", "マスター鍵または団体の鍵を替えた"),
    "console:prefecture:shredded": Wording(
        "団体の鍵の破棄", "団体の鍵を破棄しました", "団体の利用終了により、預かったデータを読めなくした"
    ),
    # 利用者
    **ACCOUNT_WORDING,
}


def subject_label(kind: str) -> str:
    """Japanese name of a subject's kind; the kind itself when unknown."""
    return SUBJECTS.get(kind, kind)
