"""What the bar of a job says of its speed and its end, and what it says while nothing moves."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from tests.platform.web.conftest import Render
from tests.platform.web.samples import Job
from tests.platform.web.test_tags import show


def job_that(moved: float, **facts: object) -> SimpleNamespace:
    """Measured for ten minutes up to `moved` seconds ago, since when nothing went on."""
    moved_at = timezone.now() - timedelta(seconds=moved)
    pace = {"measured_from": 0, "measured_since": moved_at - timedelta(seconds=600), "moved_at": moved_at}
    return SimpleNamespace(**vars(Job()) | pace | facts)


def test_a_job_that_goes_on_tells_rate_and_remaining_time(render: Render) -> None:
    shown = show(render, "{% progress job %}", job=job_that(0))
    assert "毎分 120件" in shown
    assert "残り およそ7分" in shown


def test_what_an_earlier_run_had_done_is_not_the_speed_of_this_one(render: Render) -> None:
    shown = show(render, "{% progress job %}", job=job_that(0, measured_from=1100))
    assert "毎分 10件" in shown
    assert "残り およそ80分" in shown


@pytest.mark.parametrize(
    ("moved", "facts", "words"),
    [
        (45, {}, "秒のあいだ、件数が進んでいません。"),
        (200, {"done": 1999}, "3分のあいだ、件数が進んでいません。"),
        (200, {"failures": 2, "error": "つながりません。"}, "前の失敗: つながりません。 3分のあいだ"),
        (5, {"state": "queued", "failures": 2, "error": "つながりません。"}, "つながりません。 時間をおいて、もう一度"),
        (5, {"state": "queued", "quiet_seconds": 10}, "相手の回答を待っています。"),
        (0, {"measured_from": 1200, "moved_at": None}, "10分のあいだ、件数が進んでいません。"),
    ],
)
def test_no_end_is_foretold_while_nothing_moves(
    render: Render, moved: float, facts: dict[str, object], words: str
) -> None:
    shown = show(render, "{% progress job %}", job=job_that(moved, **facts))
    assert words in shown
    assert "まもなく" not in shown
    assert "残り" not in shown
    assert "毎分" not in shown


def test_an_estimate_that_has_passed_is_not_repeated(render: Render) -> None:
    shown = show(render, "{% progress job %}", job=job_that(20, done=1999))
    assert "まもなく" not in shown
