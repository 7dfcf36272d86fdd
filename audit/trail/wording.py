"""What the words of an event are made of, and the words of its subjects."""

from typing import NamedTuple


class Wording(NamedTuple):
    """``label`` for lists; ``act`` completes "誰々が"; ``meaning`` says when the event is written."""

    label: str
    act: str
    meaning: str


GROUPS: dict[str, str] = {
    "session": "利用",
    "access": "拒否",
    "read": "閲覧",
    "number": "番号",
    "import": "取込",
    "household": "世帯",
    "linkage": "情報連携",
    "statement": "調書",
    "expense": "経費",
    "round": "支給",
    "yearpack": "年度定義",
    "impact": "試算",
    "replay": "照合",
    "print": "印刷",
    "export": "持出し",
    "job": "処理",
    "console": "運用",
    "account": "利用者",
    "vendor": "運用事業者の立入り",
    "calendar": "業務日時",
    "alert": "見守り",
    "trail": "記録の保全",
    "watch": "見守りの設定",
    "incident": "事案",
}

SUBJECTS: dict[str, str] = {
    "household": "世帯",
    "member": "世帯構成員",
    "pupil": "児童生徒",
    "person": "対象者",
    "school": "学校",
    "statement": "調書",
    "determination": "支弁区分決定",
    "expense": "使用経費",
    "round": "支給回",
    "payment": "支給",
    "ledger": "個人別支給台帳",
    "transfer": "人事異動",
    "token": "ハードウェアトークン",
    "vendor_window": "運用事業者の立入り",
    "revision": "年度定義の改訂",
    "force": "年度定義の適用",
    "wording": "決定通知書の文面",
    "inquiry": "照会",
    "copy_list": "副本登録一覧",
    "copy_line": "副本登録の明細",
    "provision_rule": "情報提供の設定",
    "held_inquiry": "保留された照会",
    "medium": "媒体の手続",
    "sheet": "作業票",
    "registration": "宛名登録",
    "answer": "照会結果",
    "incident": "漏えい等事案",
    "month": "月次点検",
    "exception": "見守りの例外",
    "loosening": "見守りを緩める申請",
    "import": "取込",
    "row": "取込行",
    "file": "ファイル",
    "document": "帳票",
    "job": "処理",
    "user": "利用者",
    "prefecture": "団体",
    "adapter": "宛名接続",
    "host": "接続先名",
    "alert": "警報",
    "impact": "影響試算",
    "replay": "再計算照合",
    "event": "記録",
    "reveal_list": "番号利用の対象者一覧",
    "disposal": "番号の廃棄",
    "vault_settings": "番号保管の決まりの変更",
    "key_rotation": "鍵の更新",
    "trail_month": "記録の月",
    "trail_request": "記録についての請求",
    "witness": "照合",
}
