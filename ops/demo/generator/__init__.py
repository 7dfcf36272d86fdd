"""Fictitious prefectures for demonstrations, tests and training: the files a prefecture really has, by seed.

`generate` writes, per prefecture, one roster and one expenses workbook and one sealed number file per school, the sealed
population of the 統合宛名 simulator, `prefecture.json` and `truth.json`. Individual numbers only ever stand in sealed files.
"""

from ops.demo.generator.files import SampleFolder, generate
from ops.demo.generator.places import PREFECTURES, Size
from ops.demo.generator.sealing import NUMBERS_KIND, POPULATION_KIND, SampleKeys
from ops.demo.generator.world import FISCAL_YEAR

__all__ = [
    "FISCAL_YEAR",
    "NUMBERS_KIND",
    "POPULATION_KIND",
    "PREFECTURES",
    "SampleFolder",
    "SampleKeys",
    "Size",
    "generate",
]
