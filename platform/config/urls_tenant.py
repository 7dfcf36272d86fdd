"""URLs of a prefecture's host."""

from django.urls import include, path

from config.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("", include("accounts.urls")),
    path("households/", include("domain.households.urls")),
    path("numbers/", include("domain.vault.urls")),
    path("linkage/", include("domain.linkage.urls")),
]
