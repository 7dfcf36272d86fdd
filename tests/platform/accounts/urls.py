"""The room's URLs and a few views for trying the guard on."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts.access import page, require_permission, require_school, require_step_up
from accounts.permissions import Permission
from accounts.views.shared import visit_of
from audit.trail.actors import current_actor


@page(Permission.VIEW_HOME, "both")
def home(request: HttpRequest) -> HttpResponse:
    actor = current_actor()
    return HttpResponse(f"{actor.id}|{actor.role}|{actor.terminal}|{','.join(visit_of(request).role_labels)}")


@page(Permission.REVEAL_NUMBER)
def numbers(request: HttpRequest) -> HttpResponse:
    return HttpResponse("numbers")


@page(Permission.VIEW_JOBS, passive=True)
def progress(request: HttpRequest) -> HttpResponse:
    return HttpResponse("progress")


@page(Permission.VIEW_PREFECTURES, "console")
def prefectures(request: HttpRequest) -> HttpResponse:
    return HttpResponse("prefectures")


@page(Permission.VIEW_HOME)
def act(request: HttpRequest) -> HttpResponse:
    require_step_up(request)
    return HttpResponse("done")


@page(Permission.VIEW_HOME)
def inside(request: HttpRequest) -> HttpResponse:
    require_permission(request.user, Permission.APPROVE_DECISION)
    return HttpResponse("approved")


@page(Permission.APPROVE_DECISION)
def deciding(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_actor().name)


@page(Permission.VIEW_TRAIL)
def watching(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_actor().name)


@page(Permission.VIEW_HOUSEHOLD)
def school(request: HttpRequest, code: str) -> HttpResponse:
    require_school(request.user, code)
    return HttpResponse(code)


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page somebody forgot")


urlpatterns = [
    path("", home, name="home"),
    path("numbers/", numbers),
    path("progress/", progress),
    path("prefectures/", prefectures),
    path("act/", act),
    path("inside/", inside),
    path("schools/<str:code>/", school),
    path("deciding/", deciding),
    path("watching/", watching),
    path("unmarked/", unmarked),
    path("", include("accounts.urls")),
]
