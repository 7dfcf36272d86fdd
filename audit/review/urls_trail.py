"""URLs of the trail's viewer, on a prefecture's host."""

from django.urls import path

from audit.review import views_trail

app_name = "trail"

urlpatterns = [
    path("", views_trail.trail_list, name="list"),
    path("find/", views_trail.trail_find, name="find"),
]
