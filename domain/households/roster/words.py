"""The fixed words of the roster's columns, with the values the code works with."""

from domain.households.roster.workbook.layout import Choice

DECLINES = (
    Choice("none", ("該当なし", "", "なし")),
    Choice("partial", ("一部辞退",)),
    Choice("full", ("完全辞退", "辞退")),
    Choice("undecided", ("区分未定", "未定")),
)
"""辞退状況."""

WINTER_ZONES = tuple(
    Choice(str(digit), (f"{zone}区", zone, f"{digit}区", str(digit))) for digit, zone in enumerate("ⅠⅡⅢⅣⅤⅥ", start=1)
)
"""地区区分: zones of the winter addition (冬季加算) of the 保護基準. Blank is allowed and parks the household."""

LIVING_COST_GRADES = tuple(
    Choice(f"{level}-{part}", (f"{level}級地-{part}", f"{level}-{part}", f"{level}級地の{part}", f"{level}級地{part}"))
    for level in (1, 2, 3)
    for part in (1, 2)
)
"""級地区分 of the 保護基準, of the address at the end of last year. Blank is allowed and parks the household."""

ACCOUNT_KINDS = (
    Choice("1", ("普通", "1", "普通預金")),
    Choice("2", ("当座", "2", "当座預金")),
    Choice("4", ("貯蓄", "4", "貯蓄預金")),
)

SINGLE_PARENT = (
    Choice("", ("", "未確認")),
    Choice("yes", ("該当", "○", "はい")),
    Choice("no", ("非該当", "×", "いいえ")),
)
"""母子（父子）世帯. Blank: nobody was asked."""

DISABILITIES = (
    Choice("", ("", "未確認")),
    Choice("none", ("なし", "障害なし")),
    Choice("grade_1_2", ("1・2級", "1級", "2級")),
    Choice("grade_3", ("3級",)),
)
"""障害の程度 as the 障害者加算 asks it. Blank: nobody was asked."""

SCHOOL_STAGES = (
    Choice("none", ("", "なし", "在学なし")),
    Choice("preschool", ("幼稚園等", "幼稚園", "保育所", "認定こども園", "特別支援学校幼稚部")),
    Choice("elementary", ("小学校", "特別支援学校小学部", "小学部", "義務教育学校前期")),
    Choice("junior_high", ("中学校", "特別支援学校中学部", "中学部", "義務教育学校後期")),
    Choice("senior_high", ("高等学校", "特別支援学校高等部", "高等部", "高校")),
    Choice("other", ("その他", "大学等", "専修学校", "特別支援学校専攻科", "専攻科")),
)
"""学種: the stage a member attends, whatever the kind of school; 特別支援在籍 is a column of its own."""

DEPARTMENTS = (
    Choice("kindergarten", ("幼稚部", "幼")),
    Choice("elementary", ("小学部", "小")),
    Choice("junior_high", ("中学部", "中")),
    Choice("senior_high", ("高等部", "高", "高等部本科", "高等部別科")),
    Choice("advanced", ("専攻科", "高等部専攻科")),
)
"""学部."""

YEARS_OF_DEPARTMENT = {"kindergarten": 3, "elementary": 6, "junior_high": 3, "senior_high": 4, "advanced": 3}
"""Highest 学年; 高等部 has a fourth year where it runs part-time."""

ATTENDANCES = (
    Choice("commuter", ("通学生", "通学")),
    Choice("boarder", ("寄宿生", "寄宿舎生", "寄宿")),
    Choice("institution", ("施設生", "施設")),
    Choice("left", ("転出済", "転出")),
)
"""就学状況."""


def yes_or_no(choice: str) -> bool | None:
    """Of a value of SINGLE_PARENT; None: nobody was asked."""
    return {"yes": True, "no": False}.get(choice)
