"""The three sheets of the roster, column by column: record items of 別添1 plus what the work cannot do without."""

from domain.households.roster.words import (
    ACCOUNT_KINDS,
    ATTENDANCES,
    DECLINES,
    DEPARTMENTS,
    LIVING_COST_GRADES,
    SCHOOL_STAGES,
    WINTER_ZONES,
)
from domain.households.roster.workbook.layout import Column, Kind, SheetLayout

LAYOUT_VERSION = "名簿様式 1"
"""Printed above the headings; a later layout gets another name and keeps reading this one."""

_CERTIFICATE = "所得証明書で申請した世帯だけ記入。情報照会をする人は空欄（空欄と0は別）"

HOUSEHOLDS = SheetLayout(
    "世帯",
    (
        Column(
            "household_number",
            "世帯番号",
            Kind.IDENTIFIER,
            "H29-000012",
            "都道府県内で一意。きょうだいは学校が違っても同じ番号",
            required=True,
            limit=20,
        ),
        Column(
            "guardian_name",
            "保護者等氏名",
            Kind.NAME,
            "見本　太郎",
            "戸籍・住民票の字のまま（異体字も可）",
            required=True,
        ),
        Column(
            "guardian_kana",
            "保護者等氏名かな",
            Kind.KANA,
            "みほん　たろう",
            required=True,
            limit=60,
            aliases=("保護者等かな",),
        ),
        Column("postal_code", "郵便番号", Kind.DIGITS, "000-0012", required=True, limit=7),
        Column("address", "住所", Kind.TEXT, "奈良市見本町1丁目2番3号", "市区町村名から", required=True, limit=120),
        Column(
            "year_end_address", "前年末住所", Kind.TEXT, "", "前年12月31日の住所。現住所と異なるときだけ", limit=120
        ),
        Column("phone", "電話番号", Kind.PHONE, "000-0000-0012", limit=15, aliases=("電話",)),
        Column(
            "winter_zone",
            "地区区分",
            Kind.CHOICE,
            "Ⅵ区",
            "冬季加算の地区。空欄なら保留",
            choices=WINTER_ZONES,
            aliases=("地区",),
        ),
        Column(
            "living_cost_grade",
            "級地区分",
            Kind.CHOICE,
            "1級地-2",
            "前年末の住所の級地。空欄なら保留",
            choices=LIVING_COST_GRADES,
            aliases=("級地",),
        ),
        Column("decline", "辞退状況", Kind.CHOICE, "該当なし", "空欄は該当なし", choices=DECLINES),
        Column("public_assistance", "生活保護", Kind.FLAG, "", "受けている世帯に○", aliases=("要保護",)),
        Column(
            "address_protected",
            "支援措置",
            Kind.FLAG,
            "",
            "住所を秘匿する世帯に○",
            aliases=("支援措置住所秘匿", "住所秘匿"),
        ),
        Column("remarks", "特記事項", Kind.TEXT, "", limit=200),
        Column("bank_code", "金融機関コード", Kind.DIGITS, "9990", "振込先は全部そろえるか、全部空欄", limit=4),
        Column("bank_name", "金融機関名", Kind.TEXT, "サンプル銀行", limit=30, aliases=("振込先金融機関",)),
        Column("branch_code", "支店コード", Kind.DIGITS, "901", limit=3),
        Column("branch_name", "支店名", Kind.TEXT, "見本支店", limit=30, aliases=("振込先金融機関の支店",)),
        Column(
            "account_kind",
            "口座種類",
            Kind.CHOICE,
            "普通",
            choices=ACCOUNT_KINDS,
            aliases=("振込先口座種類", "口座種別", "預金種別"),
        ),
        Column("account_number", "口座番号", Kind.DIGITS, "0000012", "7けた", limit=7, aliases=("振込先口座番号",)),
        Column(
            "account_holder",
            "口座名義カナ",
            Kind.ACCOUNT_HOLDER,
            "ミホン　タロウ",
            limit=48,
            aliases=("振込先口座名義", "名義カナ", "口座名義"),
        ),
    ),
    "1行に1世帯。世帯は前年末日の同一生計。",
)

MEMBERS = SheetLayout(
    "世帯構成員",
    (
        Column(
            "household_number",
            "世帯番号",
            Kind.IDENTIFIER,
            "H29-000012",
            "「世帯」シートの番号",
            required=True,
            limit=20,
        ),
        Column(
            "member_number",
            "構成員番号",
            Kind.IDENTIFIER,
            "1",
            "世帯の中で一意。個人番号の登録もこの番号で行う",
            required=True,
            limit=10,
        ),
        Column("name", "氏名", Kind.NAME, "見本　太郎", required=True),
        Column(
            "kana",
            "氏名かな",
            Kind.KANA,
            "みほん　たろう",
            required=True,
            limit=60,
            aliases=("氏名カナ", "カナ", "かな", "ふりがな"),
        ),
        Column("born", "生年月日", Kind.DATE, "昭和60年5月6日", required=True),
        Column("relationship", "続柄", Kind.TEXT, "父", "世帯主や児童生徒から見た続柄", limit=20),
        Column("is_guardian", "保護者等", Kind.FLAG, "○", "保護者等に○。世帯に1人以上"),
        Column("school_name", "学校名", Kind.TEXT, "", "在学する人だけ", limit=60),
        Column("school_stage", "学種", Kind.CHOICE, "特別支援学校小学部", "在学する人だけ", choices=SCHOOL_STAGES),
        Column(
            "special_needs_enrolled",
            "特別支援在籍",
            Kind.FLAG,
            "",
            "特別支援学校・学級に在籍する人に○",
            aliases=("特別支援学校・学級在籍の有無", "特別支援学校・学級在籍"),
        ),
        Column(
            "annual_commuting_cost", "年額通学費", Kind.YEN, "24000", "前年に使った通学費（円、年額）", high=9_999_999
        ),
        Column("total_income", "総所得金額", Kind.YEN, "", _CERTIFICATE),
        Column("forest_income", "山林所得金額", Kind.YEN, "", _CERTIFICATE),
        Column("retirement_income", "退職所得金額", Kind.YEN, "", _CERTIFICATE),
        Column("social_insurance", "社会保険料", Kind.YEN, "", _CERTIFICATE),
        Column("life_insurance", "生命保険料", Kind.YEN, "", _CERTIFICATE),
        Column("earthquake_insurance", "地震保険料", Kind.YEN, "", _CERTIFICATE),
    ),
    "1行に1人。同一生計の世帯の全員。",
)

PUPILS = SheetLayout(
    "児童生徒",
    (
        Column("pupil_number", "学籍番号", Kind.IDENTIFIER, "S29001-0012", "学校の中で一意", required=True, limit=20),
        Column("household_number", "世帯番号", Kind.IDENTIFIER, "H29-000012", required=True, limit=20),
        Column(
            "member_number",
            "構成員番号",
            Kind.IDENTIFIER,
            "3",
            "「世帯構成員」シートの本人の番号",
            required=True,
            limit=10,
        ),
        Column("name", "氏名", Kind.NAME, "見本　花子", required=True),
        Column(
            "kana",
            "氏名ふりがな",
            Kind.KANA,
            "みほん　はなこ",
            required=True,
            limit=60,
            aliases=("ふりがな", "氏名かな"),
        ),
        Column("department", "学部", Kind.CHOICE, "小学部", required=True, choices=DEPARTMENTS),
        Column("grade", "学年", Kind.INTEGER, "3", required=True, low=1, high=6),
        Column("class_name", "組", Kind.TEXT, "2", limit=10),
        Column("attendance_number", "出席番号", Kind.INTEGER, "5", low=1, high=999),
        Column("attendance", "就学状況", Kind.CHOICE, "通学生", required=True, choices=ATTENDANCES),
        Column(
            "enrolled_on",
            "転入学日",
            Kind.DATE,
            "令和8年4月1日",
            "入学または転入の日",
            required=True,
            aliases=("転入日",),
        ),
        Column("left_on", "転出日", Kind.DATE, "", "就学状況が転出済なら必ず"),
        Column("bedding_cost", "寝具購入費", Kind.YEN, "", "寄宿生の申告額（円）", high=9_999_999),
        Column("multiple_disabilities", "肢体重複", Kind.FLAG, "", aliases=("肢体重複の有無",)),
        Column("home_visit", "訪問生", Kind.FLAG, "", aliases=("訪問生の有無",)),
        Column("disability_certificate", "障害者手帳", Kind.FLAG, "", aliases=("手帳", "障害者手帳の有無")),
        Column(
            "placement_grant",
            "措置費",
            Kind.FLAG,
            "",
            "施設生で措置費を受ける人に○",
            aliases=("措置費受給", "措置費受給の有無"),
        ),
    ),
    "1行に1人。この学校の在籍者と、年度途中の転出者。",
)

ROSTER = (HOUSEHOLDS, MEMBERS, PUPILS)
