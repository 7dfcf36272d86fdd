"""URLs of the trail's viewer, on a prefecture's host."""

from django.urls import path

from audit.review.views import trail

app_name = "trail"

urlpatterns = [
    path("", trail.trail_list, name="list"),
    path("find/", trail.trail_find, name="find"),
]
