"""What a name of a pack means here, and that the content of an approved revision stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from domain.rules import PackError, PackInfo, available_packs, load_pack
from domain.yearpacks import building
from domain.yearpacks.errors import RevisionUnknown
from domain.yearpacks.models import KeptPack, Revision
from domain.yearpacks.resolving import draft_pack, keep_revision, keep_used, pack_by_digest, pack_of
from tenants.core.context import prefecture_context

BASE = "R07-former-standard"


def content(annual: int = 51_500) -> dict[str, Any]:
    return {
        "pack": {"title": "団体の改訂", "fiscal_year": 2025, "extends": [BASE], "sample": True},
        "sources": {"own": "見本の通知（架空）"},
        "caps": [
            {"items": ["new_pupil_supplies"], "departments": ["elementary"], "annual": annual, "on": "expense",
             "source": "own", "standing": "operator"}
        ],
    }  # fmt: skip


def revision(number: int = 1, annual: int = 51_500, **values: Any) -> Revision:
    return Revision.objects.create(
        fiscal_year=2025, number=number, title="見本", base=BASE, content=content(annual), created_by="tanaka", **values
    )


def approved(number: int = 1, annual: int = 51_500) -> Revision:
    row = revision(number, annual)
    row.digest = keep_revision(row)
    row.state, row.proposed_by, row.approved_by = Revision.State.APPROVED, "tanaka", "shounin"
    row.approved_at = timezone.now()
    row.save()
    return row


@pytest.mark.usefixtures("in_a")
def test_shipped_names_stay_what_they_are() -> None:
    assert pack_of(BASE, ("sample-operator",)).digest == load_pack(BASE, ("sample-operator",)).digest


@pytest.mark.usefixtures("in_a")
def test_an_approved_revision_is_found_by_its_name() -> None:
    row = approved()
    pack = pack_of(BASE, (row.name,))
    assert (pack.digest, pack.overlays) == (row.digest, ("board-2025-1",))
    assert pack.digest != load_pack(BASE).digest


@pytest.mark.usefixtures("in_a")
def test_a_draft_is_no_pack_but_when_asked_for() -> None:
    row = revision()
    with pytest.raises(RevisionUnknown):
        pack_of(BASE, (row.name,))
    assert draft_pack(row).overlays == (row.name,)


@pytest.mark.usefixtures("in_a")
@pytest.mark.parametrize("name", ["board-2025-9", "board-2025-01", "board-x", "board-2025-1/.."])
def test_names_of_no_revision_are_refused(name: str) -> None:
    approved()
    with pytest.raises(RevisionUnknown):
        pack_of(BASE, (name,))


@pytest.mark.usefixtures("in_a")
def test_a_revision_goes_over_its_own_base_and_overlays_only() -> None:
    row = approved()
    with pytest.raises(PackError, match="重ねて使います"):
        pack_of(BASE, ("sample-operator", row.name))


def test_the_same_name_in_two_prefectures_is_two_packs(prefecture_a: Any, prefecture_b: Any) -> None:
    with prefecture_context(prefecture_a):
        first = approved(annual=50_000)
        assert pack_of(BASE, (first.name,)).digest == first.digest
    with prefecture_context(prefecture_b):
        with pytest.raises(RevisionUnknown):
            pack_of(BASE, (first.name,))
        with pytest.raises(RevisionUnknown):
            pack_by_digest(first.digest)
        second = approved(annual=60_000)
        assert pack_of(BASE, (second.name,)).digest == second.digest != first.digest


@pytest.mark.usefixtures("in_a")
def test_what_a_decision_used_is_rebuilt_from_its_own_content(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = pack_of(BASE, ("sample-operator",))
    keep_used(pack)
    digest = pack.digest
    row = approved()
    monkeypatch.setattr("domain.yearpacks.building.FOLDER", "gone")
    building._built.clear()
    rebuilt = pack_by_digest(digest)
    assert rebuilt.digest == digest
    assert [rate.row for _, rate in rebuilt.rates.layers[0]] == [rate.row for _, rate in pack.rates.layers[0]]
    assert pack_of(BASE, (row.name,)).digest == row.digest


@pytest.mark.usefixtures("in_a")
@pytest.mark.parametrize("info", available_packs(), ids=lambda info: info.name)
def test_every_shipped_pack_can_be_kept_and_rebuilt(info: PackInfo) -> None:
    names = (info.extends[0], (info.name,)) if info.extends else (info.name, ())
    pack = pack_of(*names)
    keep_used(pack)
    building._built.clear()
    assert pack_by_digest(pack.digest).rates.layers == pack.rates.layers


@pytest.mark.usefixtures("in_a")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE yearpacks_revision SET content = '{}'",
        "UPDATE yearpacks_revision SET state = 'draft'",
        "UPDATE yearpacks_revision SET digest = 'other'",
        "DELETE FROM yearpacks_revision",
        "UPDATE yearpacks_keptpack SET layers = '[]'",
        "DELETE FROM yearpacks_keptpack",
    ],
)
def test_nobody_changes_what_is_approved(statement: str) -> None:
    approved()
    with pytest.raises(IntegrityError, match="do not change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Revision.objects.get().content == content()
    assert KeptPack.objects.count() == 1


@pytest.mark.usefixtures("in_a")
@pytest.mark.parametrize("second", ["tanaka", None])
def test_one_person_alone_approves_nothing(second: str | None) -> None:
    row = revision(digest="sha256:x", proposed_by="tanaka")
    with pytest.raises(IntegrityError, match="two_people_approve_revision"), transaction.atomic():
        Revision.objects.filter(pk=row.pk).update(state="approved", approved_by=second)


@pytest.mark.usefixtures("in_a")
def test_a_proposed_content_waits_unchanged() -> None:
    row = revision(digest="sha256:x", proposed_by="tanaka", state="proposed")
    with pytest.raises(IntegrityError, match="do not change"), transaction.atomic():
        Revision.objects.filter(pk=row.pk).update(content={})
