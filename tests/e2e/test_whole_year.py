"""A whole year of three prefectures on real servers: what comes out, that nothing leaks, that a second run changes nothing."""

from __future__ import annotations

import json
import re
import subprocess
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest

from integrations.atena_adapters.individual_numbers import is_valid
from integrations.sealed_file import open_sealed, read_key_file
from ops.demo.prefectures import SAMPLE_PREFECTURES
from ops.embedded.postgres import SUPERUSER
from ops.embedded.servers import secret, servers_of
from tests.support.demo_run import DemoRun

pytestmark = [pytest.mark.slow]


def truth(demo: DemoRun, slug: str) -> dict[str, dict[str, int]]:
    content: dict[str, dict[str, int]] = json.loads(
        (demo.var / "demo" / "small-7" / slug / "truth.json").read_text(encoding="utf-8")
    )
    return content


@pytest.mark.parametrize("sample", SAMPLE_PREFECTURES, ids=lambda sample: sample.slug)
def test_the_year_comes_out_as_the_generator_foretold(demo: DemoRun, sample: object) -> None:
    slug, name = sample.slug, sample.name  # type: ignore[attr-defined]
    expected, figures = truth(demo, slug)["expected"], demo.summary()[name]
    assert figures["世帯"] == expected["taken_households"]
    assert figures["児童生徒"] == expected["taken_enrolments"]
    assert figures["宛名登録"] == {"照会可": expected["taken_members"]}
    assert figures["調書"]["要確認"] == expected["review_households"]
    assert sum(figures["調書"].values()) == expected["taken_households"]
    assert figures["負担金"] + figures["補助金"] == figures["振込額"] > 0
    assert set(figures["帳票"]) >= {"支弁区分決定通知書", "個人別支給台帳", "支給明細書", "総合振込データ"}


def test_a_second_run_changes_nothing(demo: DemoRun) -> None:
    before = rows(demo)
    files = {path: path.stat().st_mtime_ns for path in (demo.var / "files").rglob("*") if path.is_file()}
    summary = demo.summary()
    assert demo.finish(demo.start()) == summary
    after = rows(demo)
    assert {table: (before.get(table), count) for table, count in after.items() if before.get(table) != count} == {}
    assert {path: path.stat().st_mtime_ns for path in (demo.var / "files").rglob("*") if path.is_file()} == files


def test_no_number_is_found_anywhere_but_in_the_sealed_places(demo: DemoRun) -> None:
    numbers = handed_in(demo)
    assert len(numbers) > 500
    assert all(is_valid(number) for number in numbers)
    places = dict(haystacks(demo))
    assert len(places) > 20
    wanted = re.compile(b"|".join(sorted(number.encode() for number in numbers)))
    in_hex = re.compile(b"|".join(sorted(number.encode().hex().encode() for number in numbers)))
    found = [name for name, content in places.items() if wanted.search(content) or in_hex.search(content)]
    assert found == []


def test_the_search_would_find_a_number(demo: DemoRun) -> None:
    """The test above can fail: a number laid into a log is found by the same search."""
    number = next(iter(handed_in(demo)))
    lure = demo.var / "log" / "lure.log"
    lure.write_text(f"x{number}y")
    try:
        assert any(number.encode() in content for _, content in haystacks(demo))
    finally:
        lure.unlink()


def test_the_exchange_folders_are_empty_of_numbers(demo: DemoRun) -> None:
    numbers = handed_in(demo)
    for path in (demo.var / "exchange").rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            assert not any(number.encode() in text for number in numbers), path


DATABASES = ("shugaku", "shugaku_audit")
# What passes by, and so differs from one run to the next without anything having been done.
PASSING = (
    "trail_",
    "accounts_loginthrottle",
    "accounts_sessionrecord",
    "django_session",
    "detection_sweepmark",
    "detection_unevaluated",
)


def handed_in(demo: DemoRun) -> set[str]:
    """Every individual number of the sealed input files, and nothing written down anywhere."""
    inputs = demo.var / "demo" / "small-7"
    key = read_key_file(inputs / "numbers.key")
    numbers = set()
    for sample in SAMPLE_PREFECTURES:
        for path in (inputs / sample.slug).rglob("numbers.sealed"):
            content = open_sealed(path, key, kind="individual-numbers", tenant=sample.code)
            numbers |= {json.loads(line)["individual_number"] for line in content.decode().splitlines() if line}
    return numbers


def haystacks(demo: DemoRun) -> Iterator[tuple[str, bytes]]:
    """Name and content of everything the run left behind outside its sealed inputs."""
    for database in DATABASES:
        yield f"dump of {database}", dump(demo, database)
    for folder in ("log", "run", "files", "servers/log", "servers/valkey", "exchange"):
        for path in sorted((demo.var / folder).rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                yield str(path.relative_to(demo.var)), content + unpacked(content)
    with TemporaryDirectory() as opened:
        demo.python("-m", "tests.support.unsealed", opened)
        found = [path for path in sorted(Path(opened).rglob("*")) if path.is_file()]
        assert {".pdf", ".xlsx", ".dat"} <= {path.suffix for path in found}
        for path in found:
            yield str(path.relative_to(opened)), path.read_bytes() + unpacked(path.read_bytes())
    for name in ("demo.out", "web.out"):
        yield name, (demo.var / name).read_bytes()


def unpacked(content: bytes) -> bytes:
    """The compressed streams of a PDF, and the parts of a workbook, opened."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if not content.startswith(b"%PDF"):
        return b""
    opened = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            opened.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    return b"".join(opened)


def dump(demo: DemoRun, database: str, *options: str) -> bytes:
    servers = servers_of(demo.var)
    program = Path(servers.postgres.place.postgres_bin) / "pg_dump"
    done = subprocess.run(
        [str(program), "-h", "127.0.0.1", "-p", str(servers.postgres.port), "-U", SUPERUSER, *options, database],
        env={"PGPASSWORD": secret(demo.var, "postgres")}, capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout


BY_THE_CLOCK = "(SELECT id FROM {job} WHERE kind IN ('linkage.incoming', 'linkage.collect', 'linkage.check'))"
"""Beat starts these at their minute of the hour, whoever looks: they are no work of a second run."""


def rows(demo: DemoRun) -> dict[str, int]:
    """Rows of each table of the main database that is not about the passing moment."""
    with servers_of(demo.var).postgres.connect("shugaku") as superuser:
        tables = superuser.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        return {
            f"{schema}.{table}": int(
                str(superuser.execute(f'SELECT count(*) FROM "{schema}"."{table}"{but(schema, table)}').fetchone()[0])  # type: ignore[index]
            )
            for schema, table in tables
            if not str(table).startswith(PASSING)
        }


def but(schema: object, table: object) -> str:
    """The rows of a table that do not count, as a condition."""
    column = {"jobs_job": "id", "jobs_jobevent": "job_id"}.get(str(table))
    jobs = BY_THE_CLOCK.format(job=f'"{schema}"."jobs_job"')
    return f" WHERE {column} NOT IN {jobs}" if column else ""
