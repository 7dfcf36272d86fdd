"""Faults that hide one step away: through a variable, a helper, a manager, another name. Never imported."""
# ruff: noqa
# mypy: ignore-errors

import functools
from functools import lru_cache

from psycopg import sql

_NAMES: dict[str, str] = {}
_PLACES = {}
_KINDS = {}


def remember(pk):
    # ruleid: kept-in-the-process
    _NAMES[pk] = School.objects.get(pk=pk).name


def remember_place():
    # ruleid: kept-in-the-process
    return _PLACES.setdefault("here", current_prefecture().name)


def register(name, work):
    # ok: kept-in-the-process
    _KINDS[name] = work


class Names:
    kept = {}

    def of(self, pk):
        # ruleid: kept-in-the-process
        self.kept[pk] = School.objects.get(pk=pk).name


def read_names():
    return [school.name for school in School.objects.all()]


def read_weekdays():
    return ["月", "火"]


# ruleid: cache-over-a-reader
names_kept = lru_cache(maxsize=8)(read_names)
# ruleid: cache-over-a-reader
names_kept_longer = functools.cache(read_names)
# ok: cache-over-a-reader
weekdays_kept = lru_cache(maxsize=8)(read_weekdays)


# ruleid: cache-over-a-reader
@lru_cache
def first_name():
    return read_names()[0]


# ok: cache-over-a-reader
@lru_cache
def first_weekday():
    return read_weekdays()[0]


def sql_by_variable(cursor, name):
    statement = f"SELECT * FROM school WHERE name = '{name}'"
    # ruleid: text-in-sql
    cursor.execute(statement)


def sql_in_steps(cursor, name):
    statement = "SELECT * FROM school"
    statement += " WHERE name = '" + name + "'"
    # ruleid: text-in-sql
    cursor.execute(statement)


def sql_by_many(cursor, name, rows):
    # ruleid: text-in-sql
    cursor.executemany(f"INSERT INTO {name} VALUES (%s)", rows)


def sql_by_copy(cursor, name):
    # ruleid: text-in-sql
    with cursor.copy(f"COPY {name} TO STDOUT") as out:
        return out.read()


def sql_joined(cursor, names):
    # ruleid: text-in-sql
    cursor.execute("".join(["SELECT * FROM ", *names]))


def sql_marked_as_safe(cursor, name):
    # ruleid: text-in-sql
    cursor.execute(sql.SQL(f"SELECT * FROM {name}"))


def sql_of_names(cursor, name):
    # ok: text-in-sql
    cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name)))


def sql_of_constants(cursor, name):
    # ok: text-in-sql
    cursor.execute(f"SELECT {COLUMNS} FROM school WHERE name = %s", [name])


def sql_of_a_count(cursor, values):
    statement = "SELECT * FROM school WHERE name = ANY(%s)"
    # ok: text-in-sql
    cursor.execute(statement, [", ".join(values)])


def bulk_by_variable():
    rows = Household.objects.filter(pk=1)
    # ruleid: bulk-write-on-audited
    rows.update(name="x")


def bulk_by_values(values):
    rows = models.Household.objects.filter(pk=1)
    # ruleid: bulk-write-on-audited
    rows.update(**values)


def bulk_by_manager(household):
    # ruleid: bulk-write-on-audited
    household.members.update(name="x")


def bulk_by_narrowed_manager(household):
    # ruleid: bulk-write-on-audited
    household.members.filter(pk=1).update(name="x")


async def bulk_later(rows):
    # ruleid: bulk-write-on-audited
    await Member.objects.abulk_create(rows)


def bulk_copy(rows):
    # ruleid: copied-into-audited
    copy_in(Member, rows)


def bulk_copy_of_others(rows):
    # ok: copied-into-audited
    copy_in(Job, rows)


def no_bulk(household, counts):
    # ok: bulk-write-on-audited
    counts.update({"members": household.members.count()})
    jobs = Job.objects.filter(pk=1)
    # ok: bulk-write-on-audited
    jobs.update(state="x")


def numbers_by_name(apps):
    # ruleid: reveal-by-pass
    apps.get_model("vault", "PersonNumber").objects.all()
    # ruleid: reveal-by-pass
    apps.get_model("vault.PersonNumber")
    # ok: reveal-by-pass
    apps.get_model("households", "Member")


def numbers_by_relation(member):
    # ruleid: reveal-by-pass
    return member.numbers.filter(held_until=None)


def numbers_by_module(vm):
    # ruleid: reveal-by-pass
    return vm.PersonNumber.objects.get(pk=1)
