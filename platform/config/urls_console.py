"""URLs of the operator's console."""

from django.urls import include, path

from config.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("", include("accounts.urls")),
    path("jobs/", include("config.job_urls")),
]
