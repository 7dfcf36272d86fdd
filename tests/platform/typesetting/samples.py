"""Fictitious documents of each form."""

from typesetting.data import (
    Calculation,
    CalculationLine,
    Calculations,
    DeterminationNotice,
    DeterminationNotices,
    LedgerItem,
    PaidRow,
    PaymentCalculation,
    PaymentCalculations,
    PaymentSlip,
    PaymentSlips,
    Printed,
    PupilLedgerPage,
    PupilLedgers,
    ReceiptStep,
    Statement,
    Statements,
)

PRINTED: Printed = {"at": "令和8年7月1日 10時30分", "by": "見本 職員"}
CONTACT = ["サンプル県教育委員会事務局 特別支援教育課", "サンプル市本町1-1　電話 000-000-0000"]
ISSUER = "サンプル県教育委員会教育長"
SCHOOL = "サンプル県立サンプル支援学校"


def notice(index: int = 0, guardian: str = "見本　太郎") -> DeterminationNotice:
    return {
        "number": f"サンプル教特第{index + 1}号",
        "issued_on": "令和8年7月1日",
        "issuer": ISSUER,
        "school": SCHOOL,
        "guardian": guardian,
        "address": ["〒000-0000", "サンプル県サンプル市見本町一丁目2番3号"],
        "fiscal_year": "令和8年度",
        "household_category": "Ⅱ",
        "valid_for": "令和8年4月1日から令和9年3月31日まで",
        "pupils": [
            {"name": "見本　花子", "grade": "小学部 3年", "category": "Ⅱ"},
            {"name": "見本　次郎", "grade": "高等部 1年", "category": "Ⅰ", "note": "施設に入所しているため"},
        ],
        "income": 4_123_400,
        "need": 2_345_600,
        "reason": "世帯の収入額が、需要額の1.5倍以上2.5倍未満のため、支弁区分はⅡとなります。",
        "article": "特別支援学校への就学奨励に関する法律施行令第2条",
        "standing": "【未確認】需要額の計算に用いた基準の一部が確定していません。確定後に変わることがあります。",
        "instruction": [
            "（教示の文は、教育委員会が定めたものがここに入ります。この文はサンプルです。）",
            "（見本）この決定について審査請求をすることができる期間と相手方、取消しの訴えを提起できる期間と被告を書きます。",
        ],
        "contact": CONTACT,
    }


def slip(index: int = 0) -> PaymentSlip:
    return {
        "number": f"支給-{index + 1:05}",
        "paid_on": "令和8年9月30日",
        "issuer": ISSUER,
        "school": SCHOOL,
        "guardian": "見本　太郎",
        "pupil": "見本　花子",
        "grade": "小学部 3年1組",
        "fiscal_year": "令和8年度",
        "round": "第1期（4月～7月分）",
        "category": "Ⅱ",
        "items": [
            {
                "item": "学校給食費",
                "ledger": "負担金",
                "used": 21_400,
                "paid": 10_700,
                "how": "使用額 21,400円の2分の1",
            },
            {"item": "交通費（通学・本人）", "ledger": "負担金", "used": 18_480, "paid": 18_480, "how": "使用額の全額"},
            {
                "item": "学用品・通学用品購入費",
                "ledger": "補助金",
                "used": 9_870,
                "paid": 4_935,
                "how": "使用額の2分の1。限度額の範囲内",
            },
            {"item": "修学旅行費", "ledger": "負担金", "used": None, "paid": 0, "how": "今回の請求はありません"},
        ],
        "total": 34_115,
        "paid_before": 0,
        "account": "サンプル銀行 本店 普通 ****567",
        "notes": [
            "領収書のあて名は学校で確認済みです。",
            "支給額に疑問があるときは、学校の事務室へお問い合わせください。",
        ],
        "contact": CONTACT,
    }


def ledger_item(name: str, monthly: int, cap: str = "") -> LedgerItem:
    half = monthly // 2
    months: list[int | None] = [monthly] * 11
    item: LedgerItem = {
        "item": name,
        "used": [*months, None],
        "ledgers": [[*[half] * 11, None], [None] * 12],
        "paid": [half * (month + 1) for month in range(11)] + [None],
        "used_total": monthly * 11,
        "ledger_totals": [half * 11, 0],
        "paid_total": half * 11,
    }
    return {**item, "cap": cap} if cap else item


def ledger(index: int = 0, items: int = 9) -> PupilLedgerPage:
    names = [
        "教科用図書購入費",
        "学校給食費",
        "通学費（本人）",
        "通学費（付添人）",
        "職場実習交通費",
        "寄宿舎居住に伴う経費",
    ]
    names += [
        "修学旅行費",
        "校外活動等参加費",
        "学用品・通学用品購入費",
        "新入学児童生徒学用品費",
        "職場実習宿泊費",
        "交流学習費",
    ]
    return {
        "number": f"台帳-{index + 1:05}",
        "fiscal_year": "令和8年度",
        "school": SCHOOL,
        "pupil": "見本　花子",
        "kana": "ミホン　ハナコ",
        "born_on": "平成29年5月5日",
        "guardian": "見本　太郎",
        "history": [
            {"since": "令和8年4月1日", "school": SCHOOL, "grade": "小学部 3年1組", "status": "在学", "category": "Ⅱ"},
            {
                "since": "令和8年10月1日",
                "school": SCHOOL,
                "grade": "小学部 3年1組",
                "status": "区分変更",
                "category": "Ⅰ",
            },
        ],
        "items": [
            ledger_item(name, 1_200 * (n + 1), "年 43,000円" if n == 1 else "") for n, name in enumerate(names[:items])
        ],
        "used_total": 594_000,
        "ledgers": ["負担金", "補助金"],
        "ledger_totals": [297_000, 0],
        "paid_total": 297_000,
        "elsewhere": None,
    }


def steps() -> list[ReceiptStep]:
    first: list[ReceiptStep] = [
        {
            "label": f"生活扶助 第1類 {who}",
            "how": "年額の表の行 × 12か月",
            "value": 412_300 + number,
            "source": "生活保護基準 別表第1（見本）",
        }
        for number, who in enumerate(["見本　太郎", "見本　例子", "見本　次郎", "見本　花子"])
    ]
    return [
        *first,
        {"label": "生活扶助 第2類", "how": "4人世帯", "value": 580_000, "source": "生活保護基準 別表第1（見本）"},
        {"label": "教育扶助", "how": "小学部1人、高等部1人", "value": None, "source": "行が公表されていません"},
    ]


def statement(index: int = 0) -> Statement:
    return {
        "number": f"調書-{index + 1:05}",
        "fiscal_year": "令和8年度",
        "school": SCHOOL,
        "guardian": "見本　太郎",
        "address": "サンプル県サンプル市見本町一丁目2番3号",
        "legal_day": "令和8年4月1日",
        "winter_zone": "Ⅵ区",
        "living_cost_grade": "2級地-1",
        "members": [
            {
                "name": name,
                "kana": kana,
                "relation": relation,
                "born_on": born,
                "age": age,
                "school": school,
                "income": income,
                "deductions": deductions,
                "source": source,
            }
            for name, kana, relation, born, age, school, income, deductions, source in [
                ("見本　太郎", "ミホン　タロウ", "父", "昭和60年1月2日", 41, "会社員", 3_456_000, 812_000, "情報照会"),
                ("見本　例子", "ミホン　レイコ", "母", "昭和62年3月4日", 39, "パート", 980_000, 0, "課税証明書"),
                (
                    "見本　次郎",
                    "ミホン　ジロウ",
                    "子",
                    "平成22年7月8日",
                    15,
                    "サンプル支援学校 高等部1年",
                    None,
                    None,
                    "–",
                ),
                (
                    "見本　花子",
                    "ミホン　ハナコ",
                    "子",
                    "平成29年5月5日",
                    8,
                    "サンプル支援学校 小学部3年",
                    None,
                    None,
                    "–",
                ),
            ]
        ],
        "figures": [
            {"symbol": "A", "label": "所得計", "value": 4_436_000, "how": "世帯全員の所得の合計"},
            {
                "symbol": "B",
                "label": "控除計",
                "value": 812_000,
                "how": "社会保険料、生命保険料、所得税、住民税などの合計",
            },
            {"symbol": "C", "label": "所得額", "value": 3_624_000, "how": "A － B"},
            {"symbol": "D", "label": "収入額", "value": 3_624_000, "how": "C（加算・減算なし）"},
            {"symbol": "m", "label": "需要額", "value": 2_345_600, "how": "下の計算の過程の合計"},
        ],
        "ratio": "D ÷ m ＝ 1.54（1.5以上 2.5未満）",
        "household_category": "Ⅱ",
        "standing": "未確認",
        "rule_pack": "サンプル規則 R08（見本の金額）",
        "steps": steps(),
        "notes": ["教育扶助の行が公表されていないため、確定の状態は未確認です。"],
    }


def notices(count: int = 1, sample: bool = True) -> DeterminationNotices:
    return {"sample": sample, "printed": PRINTED, "documents": [notice(index) for index in range(count)]}


def slips(count: int = 1) -> PaymentSlips:
    return {"sample": True, "printed": PRINTED, "documents": [slip(index) for index in range(count)]}


def ledgers(count: int = 1) -> PupilLedgers:
    return {"sample": True, "printed": PRINTED, "documents": [ledger(index) for index in range(count)]}


def statements(count: int = 1) -> Statements:
    return {"sample": True, "printed": PRINTED, "documents": [statement(index) for index in range(count)]}


def calculation(index: int = 0) -> Calculation:
    line: CalculationLine = {
        "title": "生活扶助 第1類 見本　太郎", "value": "483,240円/年", "how": "40歳　40,270円 × 1 × 年12回",
        "source": "令2条1号　資料1（公表資料）",
    }  # fmt: skip
    unsure: CalculationLine = {
        "title": "期末一時扶助", "value": "14,180円/年", "how": "", "source": "資料2【未確認】",
    }  # fmt: skip
    return {
        "number": f"決裁7　H{index:05d}",
        "issued_on": "令和8年7月1日",
        "issuer": "サンプル県教育委員会教育長",
        "school": "サンプル支援学校",
        "guardian": "見本　太郎",
        "fiscal_year": "令和8年度",
        "decision": "決定",
        "household_category": "Ⅱ",
        "valid_for": "令和8年4月1日から令和9年3月31日まで",
        "pupils": [{"name": "見本　一郎", "grade": "小学部 3年", "category": "Ⅲ", "note": "措置費を受けているため"}],
        "plain": ["ご家庭の支弁区分は、Ⅱです。"],
        "parts": [{"title": "需要額", "lines": [line, unsure]}],
        "sources": ["資料1: 見本の表", "資料2: 見本の推計"],
        "notes": ["【未確認】計算に用いた定めの一部が確認できていません。"],
        "rule_pack": "サンプル規則 R08（見本の金額）",
        "digest": "sha256:0000",
        "contact": ["サンプル支援学校", "サンプル県教育委員会事務局"],
    }


def payment_calculation(index: int = 0) -> PaymentCalculation:
    lunch: PaidRow = {
        "item": "学校給食費", "month": "令和8年6月　小学部3年・区分Ⅱ", "used": 5_001, "how": "使った額5,001円の2分の1で、2,500円です。",
        "ledgers": [2_500, 0], "paid": 2_500,
    }  # fmt: skip
    taken: PaidRow = {
        "item": "学校給食費", "month": "令和8年4月分の戻入", "used": None, "how": "200円を差し引きます（使用経費の追加・変更）。",
        "ledgers": [-200, 0], "paid": -200,
    }  # fmt: skip
    line: CalculationLine = {
        "title": "学校給食費　令和8年6月", "value": "2,500円", "how": "使用額 5,001円（2件）。（使用経費: E-1 令和8年6月5日 5,001円）",
        "source": "支給割合 令2条 資料1（法令）、限度額 資料2【未確認】",
    }  # fmt: skip
    return {
        "number": f"2026-1-P{index:05d}",
        "issued_on": "令和8年8月20日",
        "issuer": "サンプル県教育委員会",
        "school": "サンプル支援学校",
        "guardian": "見本　太郎",
        "pupil": "見本　花子",
        "grade": "小学部 3年",
        "fiscal_year": "令和8年度",
        "round": "第1期（4月～7月分）",
        "paid_on": "令和8年8月25日",
        "category": "Ⅱ",
        "total": 2_300,
        "plain": ["令和8年7月の修学旅行費は、学校または教育委員会が確かめているため、今回の額に入っていません。"],
        "ledgers": ["負担金", "補助金"],
        "rows": [lunch, taken],
        "ledger_totals": [2_300, 0],
        "parts": [{"title": "経費項目と月ごとの計算", "lines": [line]}],
        "sources": ["資料1: 見本の表", "資料2: 見本の推計"],
        "notes": ["【未確認】計算に用いた定めの一部が確認できていません。"],
        "rule_pack": "サンプル規則 R08（見本の金額）",
        "digest": "sha256:0000",
        "contact": ["サンプル支援学校", "サンプル県教育委員会事務局"],
    }


def payment_calculations(count: int = 1) -> PaymentCalculations:
    documents = [payment_calculation(index) for index in range(count)]
    return {"sample": True, "printed": PRINTED, "documents": documents}


def calculations(count: int = 1) -> Calculations:
    return {"sample": True, "printed": PRINTED, "documents": [calculation(index) for index in range(count)]}
