"""Every finding the import can report: its stable id, how grave it is, what it says and what to do (in Japanese)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is.

    REFUSED: nothing of the file is taken. ERROR: the row is left out. PARKED (保留): kept aside until a person decides.
    NOTICE: taken, and shown as it was understood.
    """

    REFUSED = "refused"
    ERROR = "error"
    PARKED = "parked"
    NOTICE = "notice"


SEVERITY_LABELS: Mapping[Severity, str] = {
    Severity.REFUSED: "取込中止",
    Severity.ERROR: "誤り",
    Severity.PARKED: "保留",
    Severity.NOTICE: "参考",
}


class Code(StrEnum):
    """Stable ids; never renamed, since help pages and parked rows refer to them."""

    NOT_A_WORKBOOK = "import.not-a-workbook"
    ENCRYPTED = "import.encrypted"
    OLD_FORMAT = "import.old-format"
    DAMAGED = "import.damaged"
    TOO_LARGE = "import.too-large"
    ACTIVE_CONTENT = "import.active-content"
    NUMBER_FOUND = "import.number-found"
    NUMBER_COLUMN = "import.number-column"
    MISSING_SHEET = "import.missing-sheet"
    MISSING_HEADING = "import.missing-heading"
    MISSING_COLUMN = "import.missing-column"
    DOUBLE_COLUMN = "import.double-column"
    OTHER_KIND = "import.other-kind"
    OTHER_SCHOOL = "import.other-school"
    OTHER_YEAR = "import.other-year"

    EXAMPLE_FILLED = "import.example-filled"
    EMPTY = "import.empty"
    FORMULA = "import.formula"
    CELL_ERROR = "import.cell-error"
    BAD_DATE = "import.bad-date"
    DATE_OUT_OF_RANGE = "import.date-out-of-range"
    BAD_AMOUNT = "import.bad-amount"
    BAD_INTEGER = "import.bad-integer"
    BAD_CHOICE = "import.bad-choice"
    BAD_SHAPE = "import.bad-shape"
    TOO_LONG = "import.too-long"
    BAD_CHARACTER = "import.bad-character"
    TWELVE_DIGITS = "import.twelve-digits"
    DUPLICATE = "import.duplicate"
    CONTRADICTION = "import.contradiction"

    NO_HOUSEHOLD = "import.no-household"
    NO_MEMBER = "import.no-member"
    NAME_DIFFERS = "import.name-differs"
    SAME_PERSON_TWICE = "import.same-person-twice"
    GRADE_MISSING = "import.grade-missing"
    NO_MEMBERS = "import.no-members"
    NO_GUARDIAN = "import.no-guardian"
    HOUSEHOLD_INCOMPLETE = "import.household-incomplete"
    UNKNOWN_ITEM = "import.unknown-item"
    UNKNOWN_PUPIL = "import.unknown-pupil"

    NORMALISED = "import.normalised"
    UNKNOWN_COLUMN = "import.unknown-column"
    NO_PUPIL_HERE = "import.no-pupil-here"
    IMPLAUSIBLE = "import.implausible"


@dataclass(frozen=True, slots=True)
class Meaning:
    severity: Severity
    title: str
    remedy: str


_REDO = "正しい様式のExcelブック（.xlsx）を選び直してください。"
_LOOK = "元の書類を確かめて直し、もう一度取り込んでください。"

MEANINGS: Mapping[Code, Meaning] = {
    Code.NOT_A_WORKBOOK: Meaning(Severity.REFUSED, "Excelブックではありません。", _REDO),
    Code.ENCRYPTED: Meaning(
        Severity.REFUSED,
        "パスワードで保護されたブックは読めません。",
        "Excelでパスワードを外して保存し直してください。",
    ),
    Code.OLD_FORMAT: Meaning(
        Severity.REFUSED,
        "古い形式（.xls）のブックです。",
        "Excelで「Excel ブック (.xlsx)」として保存し直してください。",
    ),
    Code.DAMAGED: Meaning(
        Severity.REFUSED, "ブックが壊れています。", "Excelで開いて保存し直すか、受け取り直してください。"
    ),
    Code.TOO_LARGE: Meaning(
        Severity.REFUSED,
        "ブックが大きすぎます。",
        "学校ごとに分け、使っていないシートや画像を除いて保存し直してください。",
    ),
    Code.ACTIVE_CONTENT: Meaning(
        Severity.REFUSED,
        "マクロまたは埋め込まれたファイルがあります。",
        "それらを除き、「Excel ブック (.xlsx)」として保存し直してください。",
    ),
    Code.NUMBER_FOUND: Meaning(
        Severity.REFUSED,
        "個人番号と思われる12桁の数字があります。",
        "このファイルは取り込まず、保存もしていません。番号を消して取り込み直し、元のファイルの扱いは"
        "情報セキュリティ管理者の指示を受けてください。番号は専用の窓口（個人番号の登録）で登録します。",
    ),
    Code.NUMBER_COLUMN: Meaning(
        Severity.REFUSED,
        "個人番号の列があります。",
        "列ごと削除して保存し直してください。番号は専用の窓口（個人番号の登録）で登録します。",
    ),
    Code.MISSING_SHEET: Meaning(Severity.REFUSED, "シートがありません。", "シートの名前を様式のとおりにしてください。"),
    Code.MISSING_HEADING: Meaning(
        Severity.REFUSED,
        "見出しの行が見つかりません。",
        "様式のとおりの列の見出しを、先頭から20行以内に置いてください。",
    ),
    Code.MISSING_COLUMN: Meaning(
        Severity.REFUSED, "必要な列がありません。", "列の見出しを様式のとおりにしてください。"
    ),
    Code.DOUBLE_COLUMN: Meaning(
        Severity.REFUSED, "同じ見出しの列が2つあります。", "使わない方の列を削除してください。"
    ),
    Code.OTHER_KIND: Meaning(
        Severity.REFUSED, "別の種類のファイルです。", "そのファイルを取り込む画面で選び直してください。"
    ),
    Code.OTHER_SCHOOL: Meaning(
        Severity.REFUSED, "別の学校のファイルです。", "学校を選び直すか、ファイルを選び直してください。"
    ),
    Code.OTHER_YEAR: Meaning(Severity.REFUSED, "別の年度のファイルです。", "この年度のファイルを選び直してください。"),
    Code.EXAMPLE_FILLED: Meaning(
        Severity.ERROR,
        "「記入例」の印がある行に、記入例でない値があります。",
        "取り込む行なら印を消してください。記入例のままなら行ごと消してかまいません。",
    ),
    Code.EMPTY: Meaning(Severity.ERROR, "空欄です。", "必ず入力してください。"),
    Code.FORMULA: Meaning(
        Severity.ERROR, "数式が入っています。", "コピーして「値の貼り付け」をし、値だけにして取り込み直してください。"
    ),
    Code.CELL_ERROR: Meaning(Severity.ERROR, "Excelのエラー値です。", "正しい値を入力してください。"),
    Code.BAD_DATE: Meaning(Severity.ERROR, "日付として読めません。", ""),
    Code.DATE_OUT_OF_RANGE: Meaning(Severity.ERROR, "日付が範囲の外です。", "年を確かめてください。"),
    Code.BAD_AMOUNT: Meaning(
        Severity.ERROR, "金額として読めません。", "円単位の整数を、列の範囲の中で入力してください（例: 1,200）。"
    ),
    Code.BAD_INTEGER: Meaning(Severity.ERROR, "整数として読めません。", "数字だけで、列の範囲の中で入力してください。"),
    Code.BAD_CHOICE: Meaning(Severity.ERROR, "決められた語ではありません。", ""),
    Code.BAD_SHAPE: Meaning(Severity.ERROR, "形が違います。", ""),
    Code.TOO_LONG: Meaning(Severity.ERROR, "長すぎます。", "短くしてください。"),
    Code.BAD_CHARACTER: Meaning(Severity.ERROR, "使えない文字があります。", "文字を入力し直してください。"),
    Code.TWELVE_DIGITS: Meaning(
        Severity.ERROR,
        "12桁の数字は個人番号と見分けがつかないため使えません。",
        "個人番号の書き誤りでないか確かめてください。管理番号なら英字や「-」を入れてください。",
    ),
    Code.DUPLICATE: Meaning(
        Severity.ERROR, "同じ番号の行がほかにもあります。", "どの行も取り込みません。正しい1行だけを残してください。"
    ),
    Code.CONTRADICTION: Meaning(Severity.ERROR, "ほかの列と食い違っています。", _LOOK),
    Code.NO_HOUSEHOLD: Meaning(
        Severity.PARKED,
        "この世帯番号の世帯がありません。",
        "世帯番号を確かめるか、「世帯」シートに世帯を加えてください。",
    ),
    Code.NO_MEMBER: Meaning(
        Severity.PARKED,
        "この構成員番号の人が世帯にいません。",
        "構成員番号を確かめるか、「世帯構成員」シートに加えてください。",
    ),
    Code.NAME_DIFFERS: Meaning(
        Severity.PARKED, "氏名が、結び付く行の氏名と違います。", "番号の付け違いでないか確かめてください。"
    ),
    Code.SAME_PERSON_TWICE: Meaning(
        Severity.PARKED,
        "同じ世帯に氏名と生年月日の同じ人がいます。",
        "同じ人が2回書かれていれば1行を消し、別の人なら取込画面で「別人」と確定してください。",
    ),
    Code.GRADE_MISSING: Meaning(
        Severity.PARKED, "級地区分または地区区分がありません。", "前年末の住所の市町村から確かめて入力してください。"
    ),
    Code.NO_MEMBERS: Meaning(
        Severity.PARKED, "世帯構成員が1人もいません。", "「世帯構成員」シートに世帯全員を加えてください。"
    ),
    Code.NO_GUARDIAN: Meaning(
        Severity.PARKED, "保護者等の印のある構成員がいません。", "保護者等の行の「保護者等」に「○」を入れてください。"
    ),
    Code.HOUSEHOLD_INCOMPLETE: Meaning(
        Severity.PARKED,
        "同じ世帯に誤りまたは保留の行があるため、世帯ごと保留します。",
        "先にその行を直してください（一部の人だけでは収入額・需要額を誤るため）。",
    ),
    Code.UNKNOWN_ITEM: Meaning(Severity.PARKED, "知らない経費項目です。", "経費項目の名前を確かめてください。"),
    Code.UNKNOWN_PUPIL: Meaning(
        Severity.PARKED, "この学籍番号の児童生徒がいません。", "学籍番号を確かめるか、先に名簿を取り込んでください。"
    ),
    Code.NORMALISED: Meaning(Severity.NOTICE, "半角の数字に直して読みました。", ""),
    Code.UNKNOWN_COLUMN: Meaning(
        Severity.NOTICE, "様式にない列です。", "取り込みません。見出しの書き誤りでないか確かめてください。"
    ),
    Code.NO_PUPIL_HERE: Meaning(
        Severity.NOTICE,
        "この世帯の児童生徒がこの名簿にいません。",
        "ほかの学校のきょうだいの世帯でなければ確かめてください。",
    ),
    Code.IMPLAUSIBLE: Meaning(
        Severity.NOTICE,
        "ふつうはない値です。",
        "書き誤りや行の取り違えでないか、元の書類で確かめてください。正しければそのままでかまいません（目安）。",
    ),
}

ABOUT_FORM = frozenset(
    {
        Code.NOT_A_WORKBOOK, Code.OLD_FORMAT, Code.DAMAGED, Code.MISSING_SHEET, Code.MISSING_HEADING, Code.MISSING_COLUMN,
        Code.DOUBLE_COLUMN, Code.NUMBER_COLUMN,
    }
)  # fmt: skip
"""Refusals that the form (様式) helps with: a file of another school has the right sheets and columns."""
