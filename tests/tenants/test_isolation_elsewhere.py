"""What does not come through a URL: cache keys, files, messages to workers. Each list comes from what there is, not from here."""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.tenants.isolation_probe import CONSOLE, A, B, World, probe, signed_in, with_scope
from tests.tenants.isolation_world import MARK

WAKE = "jobs.wake"


def test_what_one_scope_caches_no_other_finds(world: World) -> None:
    from django.core.cache import cache

    with_scope(world, A, lambda: cache.set("isolation", MARK))
    assert with_scope(world, A, lambda: cache.get("isolation")) == MARK
    for host in (B, CONSOLE):
        assert with_scope(world, host, lambda: cache.get("isolation")) is None
        with_scope(world, host, lambda: cache.set("isolation", "ours"))
    assert with_scope(world, A, lambda: cache.get("isolation")) == MARK


def test_every_key_that_a_page_leaves_in_the_cache_names_its_scope(world: World) -> None:
    """All pages of all hosts are opened; then each key that lies in the cache must begin with the scope that was served."""
    from django.core.cache import caches

    store: dict[str, Any] = caches["default"]._cache  # type: ignore[attr-defined]
    for host, scope in (
        (A, world.prefecture_a.schema_name),
        (B, world.prefecture_b.schema_name),
        (CONSOLE, "console"),
    ):
        client = signed_in(world, host, raise_request_exception=False)
        before = set(store)
        with_scope(world, host, partial(caches["default"].set, "isolation-of-pages", 1))
        probe(world.of(host), partial(_same, client), lambda *_: "", methods=("GET",), marks=())
        new = set(store) - before
        assert new, "nothing was cached, so nothing was shown"
        assert not [key for key in new if not key.startswith(f"{scope}:")]


def test_a_path_of_a_leads_nowhere_at_b(world: World) -> None:
    from tenants.core import files

    path = with_scope(world, A, lambda: files.write_atomically("rosters/1.xlsx", MARK.encode()))
    with pytest.raises(FileNotFoundError):
        with_scope(world, B, lambda: files.read("rosters/1.xlsx"))
    schema = world.prefecture_a.schema_name
    for given in (path, str(path), f"../{schema}/rosters/1.xlsx", f"x/../../{schema}/rosters/1.xlsx"):
        with pytest.raises(files.OutsideStorage):
            with_scope(world, B, partial(files.read, given))


def _same(client: Any) -> Any:
    return client


def stored_files(root: Path) -> list[Path]:
    return sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())


def test_no_file_that_a_keeps_opens_at_b(world: World) -> None:
    """Each file that making A's records left on disk: unreachable by any path, and unreadable where somebody copies it."""
    from tenants.core import files

    roots = {host: with_scope(world, host, files.storage_root) for host in (A, B)}
    found = stored_files(roots[A])
    assert found
    for relative in found:
        for path in (roots[A] / relative, f"../{roots[A].name}/{relative}", f"x/../../{roots[A].name}/{relative}"):
            with pytest.raises(files.OutsideStorage):
                with_scope(world, B, partial(files.read, path))
        copy = roots[B] / relative
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((roots[A] / relative).read_bytes())
        with_scope(world, B, partial(files.write_atomically, "own.txt", b"so that B has a key"))
        assert MARK.encode() not in copy.read_bytes()
        with pytest.raises(Exception, match=r"暗号化された値を開けません|鍵がありません"):
            with_scope(world, B, partial(files.read, relative))


def models_with_a_path() -> list[Any]:
    from django.apps import apps
    from django.conf import settings

    rooms = set(settings.TENANT_APPS)
    return [
        pytest.param(model, id=model._meta.label)
        for model in apps.get_models()
        if model._meta.app_config.name in rooms and any(field.name == "path" for field in model._meta.local_fields)
    ]


@pytest.mark.parametrize("model", models_with_a_path())
def test_a_row_that_names_a_file_of_another_prefecture_opens_nothing(world: World, model: Any) -> None:
    """As if somebody had written into B's tables: each model that keeps a path, with the path of a file of A in it."""
    from tenants.core import files

    path = with_scope(world, A, partial(files.write_atomically, "theirs/1.bin", MARK.encode()))
    longest = model._meta.get_field("path").max_length
    for given in (f"../{world.prefecture_a.schema_name}/theirs/1.bin", str(path)):
        row = model(path=given[:longest] if longest else given)
        with pytest.raises((files.OutsideStorage, FileNotFoundError)):
            with_scope(world, B, partial(files.read, row.path))


# --- messages and jobs ------------------------------------------------------------------------------------------------


def our_tasks() -> list[Any]:
    from config.celery import app

    app.loader.import_default_modules()
    return [pytest.param(task, id=name) for name, task in sorted(app.tasks.items()) if not name.startswith("celery.")]


def test_there_are_tasks_to_look_at() -> None:
    assert len(our_tasks()) >= 4


@pytest.mark.parametrize("task", our_tasks())
def test_no_message_says_whose_data_a_task_works_on(task: Any) -> None:
    """A task without arguments cannot be pointed at anybody; the one with arguments checks a signature (below)."""
    taken = [name for name in inspect.signature(task.run).parameters if name != "self"]
    assert not taken or task.name == WAKE, f"{task.name} takes {taken}: take nothing, or be a kind of job"


def test_every_kind_of_job_of_a_is_out_of_reach_at_b(world: World) -> None:
    """One job of each registered kind: no message, no direct call and no page of B moves it, and B's trail says so."""
    from jobs import messages, registry
    from jobs.models import Job
    from jobs.running import Outcome, run_job
    from jobs.services import start
    from jobs.tasks import wake
    from tests.support.outbox import outbox

    schema_a, schema_b = world.prefecture_a.schema_name, world.prefecture_b.schema_name
    refused = outbox.filter(event="job:message:refused")
    kinds = [kind.name for kind in registry.all_kinds()]
    assert len(kinds) > 15
    client = signed_in(world, B)
    for name in kinds:
        job = with_scope(world, A, partial(start, name, {}, key=f"isolation:{name}"))
        signature = with_scope(world, A, partial(messages.signature_of, schema_a, job.pk, "work"))
        forged = with_scope(world, B, partial(messages.signature_of, schema_a, job.pk, "work"))
        own = with_scope(world, B, partial(messages.signature_of, schema_b, job.pk, "work"))
        before = with_scope(world, B, refused.count)
        assert wake(schema_b, str(job.pk), signature) == "refused", name
        assert wake(schema_a, str(job.pk), forged) == "refused", name
        assert wake(schema_b, str(job.pk), own) == "refused", name
        assert with_scope(world, B, refused.count) == before + 2, name
        assert with_scope(world, B, partial(run_job, job.pk)) is Outcome.NOT_FREE, name
        assert client.get(f"/jobs/{job.pk}/").status_code == 404, name
        assert with_scope(world, A, partial(Job.objects.get, pk=job.pk)).state == "queued", name


def test_a_job_of_no_scope_is_nobodys(world: World) -> None:
    from jobs.models import Job
    from jobs.tasks import wake

    job_id: Any = world.samples["job_id"]
    for scope in (CONSOLE, "public", "console", "", "p_aaaaaaaaaaaa", f"{world.prefecture_a.schema_name}','public"):
        assert wake(scope, str(job_id), "0" * 64) == "refused"
    assert with_scope(world, A, lambda: Job.objects.get(pk=job_id).state) == "queued"
