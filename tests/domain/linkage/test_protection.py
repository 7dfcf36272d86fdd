"""支援措置: through every exchange of a protected household the address goes only where law needs it, and nowhere else.

基本4情報 of 付番依頼 and 異動, and the address by which the provider of an inquiry is found, are for 統合宛名 itself. Pages of every
role are walked in tests/platform/accounts/test_matrix.py; printed forms in tests/domain/reports.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

from django.test import Client

from tests.domain.linkage.conftest import OPERATOR, Link, work
from tests.domain.linkage.paid import approve_copies, pay, provide_by_rule
from tests.domain.linkage.world import AFTER_MOVING, HOME, World, child, father, mother

NEEDED = {"register", "update", "inquire"}
SECRETS = (HOME, AFTER_MOVING)


def _everything(world: World, start: Any) -> tuple[Link, Any]:
    """A protected household registered, inquired, provided for, moved, and one of it withdrawn."""
    from domain.linkage import services

    household = world.household(father(), mother(), child(), address_hidden=True)
    link: Link = start("nara")
    link.whole()
    provide_by_rule()
    pay({household.members.get(key="03"): 12_000})
    assert approve_copies() is not None
    assert work(services.start_provision(OPERATOR)).state == "succeeded"
    household.address = AFTER_MOVING
    household.save()
    household.members.filter(key="02").update(left_on=date(2024, 9, 1))
    assert link.change().state == "succeeded"
    return link, household


def _tells(payload: bytes) -> bool:
    """The address in any writing of the wire, JSON escapes included."""
    texts = (payload.decode("utf-8", "replace"), payload.decode("cp932", "replace"))
    escaped = payload.decode("unicode_escape", "replace") if b"\\u" in payload else ""
    return any(secret in text for secret in SECRETS for text in (*texts, escaped))


def test_the_address_is_on_the_wire_only_where_it_is_needed(world: World, start: Any) -> None:
    from domain.linkage.models import Batch, RawExchange
    from tenants.core import files

    _everything(world, start)
    kinds = set(Batch.objects.values_list("kind", flat=True))
    assert kinds == {"register", "check", "inquire", "provide", "update", "withdraw"}
    told = {
        raw.batch.kind
        for raw in RawExchange.objects.filter(direction="sent", batch__isnull=False).select_related("batch")
        if raw.batch is not None and _tells(files.read(raw.path))
    }
    assert told == NEEDED


def test_no_page_file_event_or_job_of_the_link_names_it(
    world: World,
    start: Any,
    handler: Client,
) -> None:
    from domain.linkage.models import Inquiry, PersonLine, RegistrationStep, TargetList
    from jobs.models import Job
    from tests.support.outbox import outbox

    _, household = _everything(world, start)
    household.address = HOME  # differs again, so that the page of a person has something to show
    household.save()
    pages = ["", "persons/", "targets/", "reviews/", "batches/", "copies/", "reconciliation/", "consents/", "items/"]
    pages += [f"persons/{member}/" for member in household.members.values_list("pk", flat=True)]
    pages += [f"targets/{pk}/" for pk in TargetList.objects.values_list("pk", flat=True)]
    pages += [f"reviews/{pk}/" for pk in Inquiry.objects.values_list("pk", flat=True)]
    opened = 0
    for page in pages:
        answer = handler.get(f"/linkage/{page}")
        if answer.status_code == 200:
            text = answer.content.decode()
            assert not any(secret in text for secret in SECRETS), page
            opened += 1
    assert opened >= 12
    workbook = handler.get("/linkage/reconciliation/workbook/")
    assert workbook.status_code in (200, 403)
    if workbook.status_code == 200:
        content = workbook.getvalue()
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            assert not any(_tells(book.read(name)) for name in book.namelist())
    kept = [*outbox.values_list("detail", flat=True), *Job.objects.values_list("args", flat=True)]
    kept += [*Job.objects.values_list("error", flat=True), *RegistrationStep.objects.values_list("note", flat=True)]
    kept += list(PersonLine.objects.values_list("reason", flat=True))
    assert not any(secret in str(one) for secret in SECRETS for one in kept)
