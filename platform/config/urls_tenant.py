"""URLs of a prefecture's host."""

from django.urls import include, path

from config.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("", include("accounts.urls")),
    path("linkage/", include("domain.linkage.urls")),
]
