"""Pages of jobs, for both kinds of host. The views lie below accounts, so who may open them is said here."""

from django.urls import path

from accounts.access import page
from accounts.permissions import Permission
from jobs import views

watch = page(Permission.VIEW_JOBS, "both", passive=True)
act = page(Permission.VIEW_JOBS, "both")

urlpatterns = [
    path("", act(views.job_list), name="jobs"),
    path("<uuid:job_id>/", watch(views.job_detail), name="job"),
    path("<uuid:job_id>/cancel/", act(views.job_cancel), name="job_cancel"),
    path("<uuid:job_id>/retry/", act(views.job_retry), name="job_retry"),
]
