"""The one agreed URL name the frame looks for."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def leave(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("accounts/", include(([path("logout/", leave, name="logout")], "accounts")))]
