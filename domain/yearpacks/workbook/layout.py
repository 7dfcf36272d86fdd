"""The sheets, column by column: the writer and the reader both go by them."""

from __future__ import annotations

from domain.households.roster.workbook.layout import Choice, Column, Kind, SheetLayout
from domain.rules import Category, Pack
from domain.rules.yearpack.model import OLDEST_ASKED, YOUNGEST_ASKED
from domain.yearpacks.lacking import AGE, KINDS, SECTIONS
from domain.yearpacks.wording import SCHEMES

REVISION_MARK = "改訂"
ACCEPTED = "accepted"
LONG = 2_000

_ROW = Column("row", "行の記号", Kind.IDENTIFIER, "r0123456789a", "変えないでください", required=True, limit=12)
_TITLE = Column("title", "名称", Kind.TEXT, "", limit=LONG)
_WHERE = Column("where", "対象", Kind.TEXT, "", limit=LONG)
_NOW = Column("now", "いまの値", Kind.TEXT, "", limit=LONG)
_HEAD = (_ROW, _TITLE, _WHERE, _NOW)
_BASIS = (
    Column("source", "出典", Kind.TEXT, "令和7年度事務処理資料 12ページ", "入力した行では必ず", limit=200),
    Column("article", "根拠条文", Kind.TEXT, "令1条", limit=100),
)
_ON = (
    Choice("", ("",)),
    Choice("expense", ("使用経費に対して", "使用経費")),
    Choice("payment", ("支給額に対して", "支給額")),
)
_ACTIONS = (
    Choice("", ("",)),
    Choice("category", ("区分を定める",)),
    Choice("no_payment", ("支給しない",)),
    Choice("judge", ("所得で判定する",)),
)
_CATEGORIES = (Choice("", ("",)), *(Choice(str(int(each)), (each.label, f"区分{each.label}")) for each in Category))
_PAYS = (Choice("", ("",)), Choice("yes", ("支給する",)), Choice("no", ("支給しない",)))


def share_key(ledger: str, category: Category) -> str:
    """Key of a column of shares."""
    return f"share_{ledger}_{int(category)}"


def layouts_of(pack: Pack) -> dict[str, SheetLayout]:
    """By section; the sheet of shares has three columns for each 会計区分 of the pack."""
    shares = tuple(
        Column(share_key(ledger.name, category), f"{ledger.title}の割合{category.label}", Kind.TEXT, "1/2", limit=9)
        for ledger in pack.ledgers
        for category in Category
    )
    return {
        "rates": SheetLayout(
            "割合",
            (*_HEAD, *shares, Column("not_covered", "対象外", Kind.FLAG, "○"), *_BASIS),
            "割合は 1、1/2、0 の形で。",
        ),
        "caps": SheetLayout(
            "限度額",
            (
                *_HEAD,
                Column("annual", "年額", Kind.YEN, "51,500", "円", high=99_999_999),
                Column("no_cap", "限度額なし", Kind.FLAG, "○"),
                Column("on", "何に対する限度か", Kind.CHOICE, "使用経費に対して", choices=_ON),
                *_BASIS,
            ),
            "年額を円で。限度がない経費は「限度額なし」に○。",
        ),
        "tables": SheetLayout(
            "需要額の表",
            (*_HEAD, Column("amount", "金額", Kind.YEN, "55,160", "円", high=99_999_999), *_BASIS),
            "金額を円で。",
        ),
        "special": SheetLayout(
            "区分の特例",
            (
                *_HEAD,
                Column("action", "扱い", Kind.CHOICE, "区分を定める", choices=_ACTIONS),
                Column("category", "定める区分", Kind.CHOICE, "Ⅲ", choices=_CATEGORIES),
                *_BASIS,
            ),
        ),
        **{
            section: SheetLayout(
                SECTIONS[section], (*_HEAD, Column("pays", "支給", Kind.CHOICE, "支給しない", choices=_PAYS), *_BASIS)
            )
            for section in SCHEMES
        },
        AGE: SheetLayout(
            KINDS[AGE],
            (
                *_HEAD,
                Column("full_years", "年齢", Kind.INTEGER, "16", "歳", low=YOUNGEST_ASKED, high=OLDEST_ASKED),
                *_BASIS,
            ),
            "この年齢以上の世帯員の税情報を照会します。空欄なら、いまの値のままです。",
        ),
        ACCEPTED: SheetLayout(
            "未確認の行",
            (
                Column("row", "行の名前", Kind.TEXT, "", "変えないでください", required=True, limit=LONG),
                Column("title", "対象", Kind.TEXT, "", limit=LONG),
                Column("now", "いまの値", Kind.TEXT, "", limit=LONG),
                Column("where", "資料", Kind.TEXT, "", limit=LONG),
                Column("accept", "採用", Kind.FLAG, "○", "団体の値として使うときに○"),
                Column("reason", "理由", Kind.TEXT, "県の決裁 7教特第12号で確認", "採用する行では必ず", limit=400),
            ),
            "確かめた行に○と理由を。",
        ),
    }


KEPT = frozenset({"row", "title", "where", "now"})
"""Columns that say what the row is; the workbook protects them."""
EXPLANATION = "説明"
EXPLAINED = (
    "白い欄だけに入力します。灰色の欄は行の見出しで、変えられません。行を加えたり消したりしても取り込みません。",
    "空欄のままの行は、値のないままです。入力した行には、必ず「出典」（確かめた資料の名前・日付・ページ）を書きます。",
    "割合は 1、1/2、0 の形で、負担金と補助金に分けて書きます。片方だけ書いた区分のもう片方は 0 とみなします。",
    "ある区分だけ分からないときは、その区分を空欄にします（その区分は値のないままです）。",
    "一度入力した行を空欄にしても、改訂からは除かれません。画面の「除く」で除きます。",
    "数式は使えません。値だけにしてください。パスワードを付けたブックは読めません。",
    "読み込むと、反映の前に「新規・変更・同じ・誤り」の比較を表示します。誤りが1つでもあれば何も反映しません。",
)
