"""docs/import.md, written from the layouts and the findings so that it cannot say anything else than the code.

`python -m domain.payments.expense_sheet.manual > docs/import.md`
"""

import sys
from collections.abc import Iterable

from domain.households.roster import layout as roster_layout
from domain.households.roster.workbook.codes import MEANINGS, SEVERITY_LABELS
from domain.households.roster.workbook.innards import MAX_TEXT
from domain.households.roster.workbook.layout import Column, Kind, SheetLayout
from domain.households.roster.workbook.package import MAX_FILE_BYTES
from domain.households.roster.workbook.reading import MAX_COLUMNS, MAX_GRID, MAX_ROWS
from domain.payments.expense_sheet import layout as expenses_layout
from web.text import km_text

_HEAD = """# 取込の様式 (workbooks the import reads)

<!-- Written by `python -m domain.payments.expense_sheet.manual`; a test compares. Change the layout, not this page. -->

The record items are those of 別添1 of the 特定個人情報保護評価書 (奈良県, 令和6年3月22日) and what the work needs besides. One
roster workbook (名簿) and one expenses workbook (使用経費) per school, `.xlsx` only. 個人番号 never stand in them.

## 共通の決まり

- 見出しの行は先頭から20行以内。上の行に「学校コード」「年度」とその右に値があれば、選んだ学校・年度と照らし合わせる。
- 見出しの空白・括弧書き・「*」は無視する。様式にない列は取り込まない（知らせる）。必須の列が1つでもなければ全体を取り込まない。
- 個人番号と思われる12桁の数字（検査用数字が合うもの）が、セル・コメント・図形・ヘッダー・非表示シートのどこにあっても、
  全体を取り込まない。場所だけを知らせ、数字は画面にも記録にも出さない。検査用数字の合わない12桁の数字は、その行を誤りとする。
- 全角の数字・コンマ・「円」は受け付け、直した値を知らせる。氏名・住所は書かれたとおりに残す（異体字も。外字は不可）。
- 日付は日付のセル、令和6年4月1日、R6.4.1、2024/4/1、20240401 のどれでもよい。元号の期間の外の日付（平成31年5月1日）は誤り。
- 数式のセルは誤り。値だけにする。
- 様式は取込の画面から受け取れる。「記入例」の印の行は、記入例のままなら取り込まない。印のまま書き換えてあれば誤りとする。
- 文字数は、異体字の選択子（IVS）を除いて数える。
- 大きさは{megabytes}MB、1シート{rows:,}行・{columns}列、全シートで{grid}万セル（空白を含む）、セルの文字は合わせて{text:,}万字まで。
  パスワード、マクロ、埋め込みファイルは不可。
- 同じファイル（SHA-256が同じ）は一度だけ取り込む。
- 名簿は、読んだあとに件数と変わる値（今の登録と名簿）を示し、「取り込む」を押したときに初めて登録する。見せていない値は変えない。
- 変わる値の口座番号は下3桁だけを示し、支援措置の世帯の住所・電話・振込先は、変わるかどうかも示さない。取り込むと変わる値は残さない。

## 名簿で取り込む単位

世帯とその構成員全員を1つの単位とする。収入額・需要額は世帯全員の合計なので、1人でも誤り・保留があれば、世帯・構成員・児童生徒を
まとめて保留する。児童生徒の行だけの誤りでは、世帯は保留しない。番号の重なる行は、どれが正しいか分からないのでどれも取り込まない。
誤り・保留の行のある世帯は「取り込めていない世帯」としてホームと名簿取込に数え、同じ学校の後の名簿がその世帯を載せるか、
画面で「取り込まないと確定する」まで残る（世帯の分からない行は、後の名簿の取込で解消する）。
ほかの学校の名簿で登録された世帯に違いがあるときは保留する。その世帯を見られない人には、違う項目・違う数・登録した学校を示さず、同じ1行だけを
示す（構成員番号が別の人のもの、別の番号で登録済みの人という知らせも同じ1行で、件数も一世帯を1件と数える）。支援措置の世帯は、違いがあってもなくても同じ1行で保留し、世帯を見られる人（教育委員会など）が選ぶまで取り込まない。違うときだけ
保留すると、住所などの当て推量が正しいかどうかが分かり、すべて当てた人はその世帯の学校になれるため。
"""


def manual() -> str:
    """The whole page."""
    limits = {"rows": MAX_ROWS, "columns": MAX_COLUMNS, "grid": MAX_GRID // 10_000, "text": MAX_TEXT // 10_000}
    parts = [_HEAD.format(megabytes=MAX_FILE_BYTES // 1024 // 1024, **limits), "## 列\n"]
    for layout in (*roster_layout.ROSTER, expenses_layout.EXPENSES):
        parts.append(_sheet(layout))
    parts.append(
        "## 知らせの一覧\n\n種類: 取込中止（全体を取り込まない）、誤り（その行を除く）、保留（人が決めるまで置く）、参考。\n"
    )
    parts.append(_findings())
    return "\n".join(parts)


def _sheet(layout: SheetLayout) -> str:
    rows = [
        (
            column.name,
            "○" if column.required else "",
            _kind(column),
            column.example,
            column.note,
            "、".join(column.aliases),
        )
        for column in layout.columns
    ]
    table = _table(("列", "必須", "種類", "例", "説明", "ほかの見出し"), rows)
    return f"### 「{layout.name}」シート\n\n{layout.note}\n\n{table}"


def _kind(column: Column) -> str:
    if column.kind is Kind.CHOICE:
        return "・".join(choice.label for choice in column.choices if choice.label)
    if column.kind is Kind.FLAG:
        return "○または空欄"
    if column.kind is Kind.DIGITS:
        return f"数字{column.limit}桁"
    if column.kind in (Kind.YEN, Kind.INTEGER):
        return f"{column.kind.value} {column.low:,}〜{column.high:,}"
    if column.kind is Kind.DISTANCE:
        return f"{column.kind.value} {km_text(column.low)}〜{km_text(column.high)}"
    if column.kind is Kind.DATE:
        return "日付"
    return f"{column.kind.value} {column.limit}文字まで"


def _findings() -> str:
    rows = [
        (f"`{code.value}`", SEVERITY_LABELS[meaning.severity], meaning.title, meaning.remedy)
        for code, meaning in MEANINGS.items()
    ]
    return _table(("符号", "種類", "内容", "どうするか"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(manual())
