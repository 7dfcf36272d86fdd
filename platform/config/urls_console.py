"""URLs of the operator's console."""

from django.urls import include, path

from config.health import health
from tenants.console.views.prefectures import home

urlpatterns = [
    path("", home, name="home"),
    path("health", health, name="health"),
    path("", include("accounts.urls_console")),
    path("jobs/", include("config.job_urls")),
    path("", include("tenants.console.urls")),
]

handler500 = "config.handlers.server_error"
