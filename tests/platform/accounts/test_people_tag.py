"""People on pages by their names: one query, whoever is shown; no template prints a stored 職員ID as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import User

ROOT = Path(__file__).parents[3]
SHOW = Template("{% load people %}{% for who in people %}{% person who %}、{% endfor %}")
KEEP_USERNAMES = {
    "domain/handover": ("proposed_by", "confirmed_by"),
    "domain/linkage": ("proposed_by", "approved_by", "recorded_by", "settled_by"),
    "domain/payments": ("calculated_by", "approved_by", "released_by"),
    "domain/reports": ("proposed_by", "approved_by"),
    "domain/vault": ("proposed_by", "approved_by", "asked_by"),
    "domain/yearpacks": ("proposed_by", "approved_by"),
    "tenants/console": ("written_by", "activated_by"),
}


def test_names_stand_for_ids_and_other_words_stay(in_a: Any) -> None:
    for number in range(1, 4):
        User.objects.create(username=f"k00{number}", display_name=f"見本 <{number}>")
    User.objects.filter(username="k002").update(is_active=False)
    request = RequestFactory().get("/")
    with CaptureQueriesContext(connection) as queries:
        shown = SHOW.render(Context({"request": request, "people": ["k001", "k002", "k003", "見本花子", "–", None]}))
        SHOW.render(Context({"request": request, "people": ["k001"]}))
    assert shown == "見本 &lt;1&gt;、見本 &lt;2&gt;、見本 &lt;3&gt;、見本花子、–、、"
    assert len(queries) == 1


def test_no_template_prints_a_stored_id() -> None:
    bare = []
    for room, fields in KEEP_USERNAMES.items():
        wanted = re.compile(r"\{\{[^}]*\b(?:" + "|".join(fields) + r")\b[^}]*\}\}")
        for path in (ROOT / room).rglob("*.html"):
            bare += [f"{path.name}: {found}" for found in wanted.findall(path.read_text(encoding="utf-8"))]
    assert bare == []
