"""突合: an answer against our record. Pure: no Django, no clock, no I/O. Explained in docs/algorithms/matching.md."""

from domain.linkage.matching.addresses import same_address
from domain.linkage.matching.comparing import Comparison, Finding, Item, Ours, Verdict, compare
from domain.linkage.matching.showing import Segment, code_points, marked

__all__ = [
    "Comparison", "Finding", "Item", "Ours", "Segment", "Verdict", "code_points", "compare", "marked", "same_address",
]  # fmt: skip
