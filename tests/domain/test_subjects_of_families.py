"""To which family a subject of the trail belongs; every kind is said to belong to one or to none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from audit.trail.entries import Subject
from tests.domain.test_access_reasons import home_of
from tests.support.records import YEAR, school


def test_members_pupils_and_statements_belong_to_their_household(in_a: Any) -> None:
    from domain.households.homes import homes_of
    from domain.households.models import Pupil
    from domain.statements.models import Statement

    home = home_of()
    statement = Statement.objects.create(household=home, fiscal_year=YEAR, school=school("S01"))
    subjects = [
        Subject("household", str(home.pk)),
        Subject("member", str(home.members.all()[0].pk)),
        Subject("pupil", str(Pupil.objects.get(member__household=home).pk)),
        Subject("statement", str(statement.pk)),
    ]
    strange = [Subject("household", "0"), Subject("household", "x"), Subject("round", "1"), Subject("member", "9" * 30)]
    assert homes_of([*subjects, *strange]) == dict.fromkeys(subjects, home.pk)


NOBODYS = {
    "adapter", "copy_list", "disposal", "expense_import", "file", "force", "impact", "item", "key_rotation", "medium",
    "provision_rule", "replay", "reveal_list", "revision", "roster_import", "round", "row", "sample", "school", "sheet",
    "target_list", "transfer", "user", "vault_settings", "wording",
}  # fmt: skip
"""Kinds of subject that are about no single family: who asks what was looked at of a child is not led to them."""


def test_every_kind_of_subject_is_of_a_family_or_said_to_be_of_none() -> None:
    import domain
    from domain.households.homes import _kinds

    texts = (path.read_text(encoding="utf-8") for path in Path(domain.__path__[0]).rglob("*.py"))
    named = {kind for text in texts for kind in re.findall(r'Subject\("([a-z_]+)"', text)}
    assert named - NOBODYS == set(_kinds)
