"""Pages of jobs, for both kinds of host."""

from django.urls import path

from config import job_views

urlpatterns = [
    path("", job_views.job_list, name="jobs"),
    path("<uuid:job_id>/", job_views.job_detail, name="job"),
    path("<uuid:job_id>/cancel/", job_views.job_cancel, name="job_cancel"),
    path("<uuid:job_id>/retry/", job_views.job_retry, name="job_retry"),
]
