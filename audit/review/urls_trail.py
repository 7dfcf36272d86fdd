"""URLs of the trail's viewer, on a prefecture's host."""

from django.urls import path

from audit.review.keeping import requests, views
from audit.review.views import trail

app_name = "trail"

urlpatterns = [
    path("", trail.trail_list, name="list"),
    path("find/", trail.trail_find, name="find"),
    path("keeping/", views.keeping, name="keeping"),
    path("keeping/heads/<int:number>/", views.head, name="head"),
    path("keeping/key/", views.public_key, name="key"),
    path("keeping/verifier/", views.verifier, name="verifier"),
    path("keeping/export/", views.export, name="export"),
    path("keeping/receiver/", requests.receiver, name="receiver"),
    path("proof/<uuid:event_id>/", views.proof, name="proof"),
    path("disclosure/", views.disclose, name="disclosure"),
    path("requests/", requests.requests, name="requests"),
    path("requests/new/", requests.request_new, name="request_new"),
    path("requests/<int:request_id>/", requests.request_answer, name="request"),
]
