"""The three sample prefectures. Municipalities are real ones with their 級地; town names, schools and people are not.

級地 (生活保護法による保護の基準 別表第9) is set by hand for the sample and not checked against the table: no use for payment.
Municipality codes: 全国地方公共団体コード.
"""

from dataclasses import dataclass
from typing import Literal

from ops.demo.generator.people import Municipality, School

Size = Literal["small", "full"]

WINTER_ZONE = "Ⅵ区"
"""奈良, 大阪 and 広島 all lie in zone Ⅵ of the winter addition."""


@dataclass(frozen=True, slots=True)
class SamplePrefecture:
    """`pupils` and `schools` at full size; `small_pupils` over three schools at small size."""

    slug: str
    code: str
    name: str
    schools: int
    pupils: int
    small_pupils: int
    municipalities: tuple[Municipality, ...]

    def school_count(self, size: Size) -> int:
        return 3 if size == "small" else self.schools

    def pupil_count(self, size: Size) -> int:
        return self.small_pupils if size == "small" else self.pupils

    def make_schools(self, size: Size) -> list[School]:
        return [
            School(f"S{self.code[:2]}{n:03d}", f"サンプル{self.name}第{n}支援学校", n % 3 == 2, n % 5 == 1)
            for n in range(1, self.school_count(size) + 1)
        ]


def _towns(*rows: tuple[str, str, str]) -> tuple[Municipality, ...]:
    return tuple(Municipality(code, name, grade) for code, name, grade in rows)


PREFECTURES = {
    place.slug: place
    for place in (
        SamplePrefecture("nara", "290009", "奈良県", 10, 1_600, 60, _towns(
            ("292010", "奈良市", "2-1"), ("292095", "生駒市", "2-1"), ("292028", "大和高田市", "3-1"),
            ("292036", "大和郡山市", "3-1"), ("292052", "橿原市", "3-1"), ("292061", "桜井市", "3-1"),
            ("292079", "五條市", "3-1"), ("292125", "宇陀市", "3-2"), ("294012", "高取町", "3-2"),
        )),
        SamplePrefecture("hiroshima", "340006", "広島県", 18, 2_800, 80, _towns(
            ("341002", "広島市", "1-2"), ("342025", "呉市", "1-2"), ("342076", "福山市", "1-2"),
            ("342050", "尾道市", "2-1"), ("342122", "東広島市", "2-1"), ("342041", "三原市", "2-1"),
            ("342092", "三次市", "3-1"), ("342106", "庄原市", "3-1"), ("343684", "安芸太田町", "3-2"),
        )),
        SamplePrefecture("osaka", "270008", "大阪府", 45, 9_000, 120, _towns(
            ("271004", "大阪市", "1-1"), ("271403", "堺市", "1-1"), ("272035", "豊中市", "1-1"),
            ("272078", "高槻市", "1-1"), ("272108", "枚方市", "1-1"), ("272272", "東大阪市", "1-1"),
            ("272027", "岸和田市", "1-2"), ("272132", "泉佐野市", "1-2"), ("272167", "河内長野市", "1-2"),
            ("272281", "泉南市", "2-1"), ("272329", "阪南市", "2-1"), ("273627", "田尻町", "2-1"),
        )),
    )
}  # fmt: skip
