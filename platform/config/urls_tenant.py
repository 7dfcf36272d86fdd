"""URLs of a prefecture's host."""

from django.urls import include, path

from config.health import health
from config.home import unregistered
from config.home import views as home

urlpatterns = [
    path("", home.home, name="home"),
    path("unregistered/", unregistered.unregistered, name="unregistered"),
    path("health", health, name="health"),
    path("", include("accounts.urls")),
    path("jobs/", include("config.job_urls")),
    path("trail/", include("audit.review.urls_trail")),
    path("review/", include("audit.review.urls")),
    path("households/", include("domain.households.urls")),
    path("transfers/", include("domain.staffing.urls")),
    path("numbers/", include("domain.vault.urls")),
    path("linkage/", include("domain.linkage.urls")),
    path("atena-samples/", include("domain.atena_trials.urls")),
    path("handover/", include("domain.handover.urls")),
    path("statements/", include("domain.statements.urls")),
    path("yearpacks/", include("domain.yearpacks.urls")),
    path("payments/", include("domain.payments.urls")),
    path("reports/", include("domain.reports.urls")),
    path("impact/", include("domain.impact.urls")),
]

handler500 = "config.handlers.server_error"
