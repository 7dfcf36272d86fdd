"""What people found who read a sheet of explained accesses (`sheet`). Kept here, so that making the page anew keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from ops.bench.watch.rows import Row


@dataclass(frozen=True, slots=True)
class Reading:
    """One sheet read by a person, line by line. `found`: the kinds of doubt and error, with how many lines."""

    on: str
    by: str
    seed: int
    right: int
    unsure: int
    wrong: int
    found: str

    @property
    def drawn(self) -> int:
        return self.right + self.unsure + self.wrong


READINGS = (
    Reading(
        on="2026-11-22",
        by="a reader",
        seed=20_261_122,
        right=194,
        unsure=1,
        wrong=5,
        found="wrong: five pages of the board (four answers of inquiries, one 調書) were explained by receipts that a school had "
        "typed; mended since: such receipts explain to the board only pages of pupils and expenses. unsure: receipts of 14 days "
        "ago named where a move was recorded the same day",
    ),
)


def rows() -> list[Row]:
    return [
        Row(
            f"read by hand: {one.drawn} explained accesses drawn (seed {one.seed}), judged by {one.by} on {one.on}: reason right "
            f"{one.right}, unsure {one.unsure}, wrong {one.wrong} ({one.found})",
            f"{one.right / one.drawn:.3f}",
        )
        for one in READINGS
    ]
