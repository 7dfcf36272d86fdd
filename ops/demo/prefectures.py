"""The three sample prefectures: whose 団体コード, which adapter preset, which generator profile."""

from __future__ import annotations

from dataclasses import dataclass

FISCAL_YEAR = 2025
PACK = "R07-former-standard"
OVERLAYS = ("sample-operator",)


@dataclass(frozen=True, slots=True)
class SamplePrefecture:
    code: str
    name: str
    slug: str
    preset: str
    over_http: bool


SAMPLE_PREFECTURES = (
    SamplePrefecture("290009", "サンプル奈良県", "nara", "nara", over_http=True),
    SamplePrefecture("270008", "サンプル大阪府", "osaka", "osaka", over_http=False),
    SamplePrefecture("340006", "サンプル広島県", "hiroshima", "hiroshima", over_http=False),
)
