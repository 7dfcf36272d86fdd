"""Rendering of a template source with the product's own engine, inside a request, without a database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from pytest_django.fixtures import Settings

Render = Callable[..., str]


class Person:
    """Enough of a signed-in person for the frame."""

    name = "見本　職員"
    is_authenticated = True


@pytest.fixture(autouse=True)
def own_urls(settings: Settings) -> None:
    """The design system knows no page of ours; only the log-out has an agreed name."""
    settings.ROOT_URLCONF = "tests.platform.web.urls"


@pytest.fixture
def render() -> Render:
    """render(source, path=…, **values) → HTML. Context processors stay out: the values are all there is."""

    def rendered(source: str, path: str = "/statements/?sort=kana&state=attention", **values: Any) -> str:
        request = RequestFactory().get(path)
        vars(request).update(user=Person(), role_labels=["学校事務担当"])
        return str(Template(source).render(Context({"request": request, "csrf_token": "token"} | values)))

    return rendered
