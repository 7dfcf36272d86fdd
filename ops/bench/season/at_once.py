"""`python -m ops.bench.season.at_once`: a country of prefectures at once on two worker processes. The last line holds the figures.

Every prefecture registers, has its list approved and inquires, all from the same moment. One is twenty times the size of the
others; the SFTP server of another one takes connections and never answers, and comes to life when all the others are done.
"""

from __future__ import annotations

import argparse
import json
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.bench.season.one import cpu_of, inside
from ops.bench.season.prefectures import SeasonPrefecture, country
from ops.demo.environment import set_up

if TYPE_CHECKING:
    from jobs.models import Job
    from ops.bench.season.links import OtherSide
    from ops.demo.processes import Processes

WORKERS = 2
LOOK_SECONDS = 0.25
SWEEP_SECONDS = 2.0
LONGEST_SECONDS = 1_200.0
START_SECONDS = 60.0


class NotFinished(Exception):
    """`bench.not-finished`: a prefecture did not come to its end in time, or not well."""

    identifier = "bench.not-finished"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops.bench.season.at_once", description=__doc__)
    parser.add_argument("--prefectures", type=int, required=True)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument(
        "--hang", type=float, default=5.0, help="seconds after which a try at the hanging server is given up"
    )
    options = parser.parse_args()
    set_up()
    from django.conf import settings

    settings.LOGIN_CONNECTIONS_KEPT = options.prefectures + 3
    print(json.dumps(measure(country(options.prefectures, options.people), options.hang)))


@dataclass
class Course:
    """One prefecture on its way: the job that it waits for, and when it was done (seconds from the common beginning)."""

    prefecture: SeasonPrefecture
    side: OtherSide
    job: Job | None = None
    kind: str = ""
    ended: float | None = None

    def go_on(self) -> bool:
        """One look; starts what comes next. Whether everything is done."""
        from domain.linkage.models import Batch
        from ops.bench.season import acts

        if self.job is None:
            self.kind, self.job = Batch.Kind.REGISTER, acts.register()
            return False
        self.job.refresh_from_db()
        if self.job.state != self.job.State.SUCCEEDED:
            if not self.job.is_live:
                raise NotFinished(f"prefecture {self.prefecture.number}: {self.job.error}")
            return False
        if acts.is_left(self.kind):
            self.side.carry()
            self.job = acts.register() if self.kind == Batch.Kind.REGISTER else acts.inquire()
        elif self.kind == Batch.Kind.REGISTER:
            acts.approve()
            self.kind, self.job = Batch.Kind.INQUIRE, acts.inquire()
        else:
            return True
        return False


def measure(prefectures: list[SeasonPrefecture], hang: float) -> dict[str, Any]:
    """Seconds until each prefecture was done; what the hanging one came to, and how long it took from its server's revival."""
    from django.conf import settings

    from jobs.services import retry
    from ops.demo.processes import Processes

    with ExitStack() as stack:
        hung = next(each for each in prefectures if each.hangs)
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        courses = [_prepared(each, stack, (server.getsockname()[1], hang)) for each in prefectures]
        processes = Processes(settings.VAR)
        pids = stack.enter_context(_workers(processes))
        stuck = next(course for course in courses if course.prefecture is hung)
        began = time.monotonic()
        _run([course for course in courses if course is not stuck], began, also=stuck)
        cpu = [cpu_of(pid) for pid in pids]
        assert stuck.job is not None  # noqa: S101 - it began with the others
        with inside(hung):
            stuck.job.refresh_from_db()
            left = {"state": stuck.job.state, "failures": stuck.job.failures}
            left["error"] = _first_error(stuck.job)
            port = server.getsockname()[1]
            server.close()
            stuck.side = stack.enter_context(_living(hung, port))
            revived = time.monotonic()
            if stuck.job.state == stuck.job.State.FAILED:
                retry(stuck.job)
        _run([stuck], revived)
        for course in courses:
            _check(course)
    times = {str(c.prefecture.number): c.ended for c in courses if c is not stuck}
    return {"times": times, "hung": left, "revived": stuck.ended, "cpu": cpu}


def _prepared(prefecture: SeasonPrefecture, stack: ExitStack, hanging: tuple[int, float]) -> Course:
    """People in, other side up, link in force."""
    from domain.linkage.services import put_in_force
    from ops.bench.season.links import OtherSide, sftp_config
    from ops.bench.season.people import make_people

    place = _place(prefecture)
    with inside(prefecture):
        people = make_people(prefecture.people, prefecture.number)
        if prefecture.hangs:
            from integrations.atena_adapters.simulator.population import write_population
            from integrations.sealed_file import make_key_file

            place.mkdir(parents=True, exist_ok=True)
            write_population(place / "people.sealed", people, make_key_file(place / "key"))
            side = OtherSide(*sftp_config(place, *hanging), place / "state", place / "key", 0)
        else:
            side = stack.enter_context(_living(prefecture, 0, people))
        put_in_force(side.config, side.secrets)
    return Course(prefecture, side)


@contextmanager
def _living(prefecture: SeasonPrefecture, port: int, people: Iterable[Any] = ()) -> Iterator[OtherSide]:
    from django.conf import settings

    from ops.bench.season.links import other_side
    from ops.embedded.servers import servers_of

    server = servers_of(settings.VAR).postgres
    with other_side(prefecture.link, _place(prefecture), list(people), server, port=port) as side:
        yield side


def _place(prefecture: SeasonPrefecture) -> Path:
    from django.conf import settings

    place: Path = settings.EXCHANGE_ROOT / prefecture.code
    return place


@contextmanager
def _workers(processes: Processes) -> Iterator[list[int]]:
    """The worker processes, ready; ended with the block."""
    from ops.demo.workers import start_exchange

    names = [f"exchange-{number}" for number in range(1, WORKERS + 1)]
    pids = [start_exchange(processes, name) for name in names]
    try:
        until = time.monotonic() + START_SECONDS
        for name in names:
            while "ready." not in (processes.logs / f"{name}.log").read_text(errors="replace"):
                if time.monotonic() > until:
                    raise NotFinished(f"{name} did not start")
                time.sleep(LOOK_SECONDS)
        yield pids
    finally:
        processes.stop(*names)


def _run(courses: list[Course], began: float, also: Course | None = None) -> None:
    """Look at each in turn until all these are done. `also` is begun with them and not waited for. Raises NotFinished."""
    from jobs import sweeping

    swept = began
    while waiting := [course for course in courses if course.ended is None]:
        for course in [*waiting, also] if also is not None and also.job is None else waiting:
            with inside(course.prefecture):
                if course.go_on():
                    course.ended = time.monotonic() - began
        if time.monotonic() - swept > SWEEP_SECONDS:
            sweeping.sweep_all()
            swept = time.monotonic()
        if time.monotonic() - began > LONGEST_SECONDS:
            raise NotFinished(f"prefectures {[course.prefecture.number for course in waiting]}")
        time.sleep(LOOK_SECONDS)


def _first_error(job: Job) -> str:
    """What the job of the hanging one says of its first try, which may still be under way. Raises NotFinished."""
    until = time.monotonic() + START_SECONDS
    while not job.failures:
        if time.monotonic() > until:
            raise NotFinished("the hanging one was not let go")
        time.sleep(LOOK_SECONDS)
        job.refresh_from_db()
    return job.error


def _check(course: Course) -> None:
    """Settle what the machine may not, then our figures against the simulator's."""
    from ops.bench.season import acts
    from ops.bench.season.books import reconcile

    with inside(course.prefecture):
        acts.settle()
        reconcile(course.side.state, codes=False)


if __name__ == "__main__":
    main()
