"""The lists in our own rule on bulk writes are those of django-auditlog: a new model is watched without a thought."""

from __future__ import annotations

import re

from ops.security.code import RULES


def named_for(variable: str) -> list[set[str]]:
    text = (RULES / "trail.yaml").read_text(encoding="utf-8")
    return [
        set(names.split("|")) for names in re.findall(rf"metavariable: \${variable}\n\s+regex: \^\(([\w|]+)\)\$", text)
    ]


def test_the_rules_on_bulk_writes_name_every_audited_model() -> None:
    from auditlog.registry import auditlog

    audited = {model.__name__ for model in auditlog.get_models()}
    assert named_for("MODEL") == [audited, audited]


def test_the_rule_on_bulk_writes_names_every_relation_that_leads_to_an_audited_model() -> None:
    from auditlog.registry import auditlog
    from django.apps import apps

    audited = set(auditlog.get_models())
    relations = {
        relation.get_accessor_name()
        for model in apps.get_models()
        for relation in model._meta.related_objects
        if relation.related_model in audited and relation.multiple
    }
    assert named_for("RELATED") == [relations - {None}]
