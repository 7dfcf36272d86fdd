"""What the rules of this folder must find and must leave alone (`semgrep --test`). Never imported."""
# ruff: noqa
# mypy: ignore-errors

from functools import lru_cache

import psycopg
from django.db import connections


# ruleid: cache-over-tenant-data
@lru_cache(maxsize=8)
def school_names():
    return [school.name for school in School.objects.all()]


# ruleid: cache-over-tenant-data
@lru_cache
def place():
    return scope()


# ok: cache-over-tenant-data
@lru_cache(maxsize=8)
def weekday(day):
    return day.weekday()


# ok: cache-over-tenant-data
def names_uncached():
    return [school.name for school in School.objects.all()]


def connect_elsewhere():
    # ruleid: connection-elsewhere
    psycopg.connect("dbname=x")
    # ruleid: connection-elsewhere
    connections["other"]
    # ruleid: connection-elsewhere
    School.objects.using("other")
    # ok: connection-elsewhere
    School.objects.filter(code="S01")


def files_elsewhere(path, files):
    # ruleid: file-outside-the-scope
    open("/tmp/roster.csv")
    # ruleid: file-outside-the-scope
    path.write_bytes(b"x")
    # ok: file-outside-the-scope
    files.write_atomically("rosters/1.xlsx", b"x")


def switch(cursor, name):
    # ruleid: tenant-switched-by-sql
    cursor.execute("SET ROLE other")
    # ruleid: tenant-switched-by-sql
    cursor.execute("SELECT set_config('search_path', %s, false)", [name])
    # ok: tenant-switched-by-sql
    cursor.execute("SELECT current_user")


def sql_of(cursor, name):
    # ruleid: text-in-sql
    cursor.execute(f"SELECT * FROM school WHERE name = '{name}'")
    # ruleid: text-in-sql
    cursor.execute("SELECT * FROM school WHERE name = '%s'" % name)
    # ruleid: text-in-sql
    cursor.execute("SELECT * FROM school WHERE name = " + name)
    # ruleid: raw-sql
    School.objects.raw("SELECT 1")
    # ok: text-in-sql
    cursor.execute("SELECT * FROM school WHERE name = %s", [name])
    # ok: raw-sql
    School.objects.filter(name=name)


def numbers(row, keys):
    # ruleid: reveal-by-pass
    PersonNumber.objects.get(pk=1)
    # ruleid: reveal-by-pass
    keys.unseal("numbers", row.sealed, "x")
    # ok: reveal-by-pass
    reveal(row.member, "individual_number", duty="V01", case="1")


def guard(request, text):
    # ruleid: guard-taken-off
    request.user.is_verified = lambda: True
    # ruleid: guard-taken-off
    mark_safe(text)
    # ok: guard-taken-off
    request.user.is_verified()


def bulk(rows):
    # ruleid: bulk-write-on-audited
    Household.objects.filter(pk=1).update(name="x")
    # ruleid: bulk-write-on-audited
    Member.objects.bulk_create(rows)
    # ok: bulk-write-on-audited
    Job.objects.filter(pk=1).update(state="x")
    # ok: bulk-write-on-audited
    Household.objects.get(pk=1).save()


def bulk_with_event(rows):
    # ok: bulk-write-on-audited
    Household.objects.bulk_create(rows)
    record(Event.IMPORT_ROSTER_DONE, detail={"count": len(rows)})
