"""Below /atena-samples/."""

from django.urls import path

from domain.atena_trials import views

app_name = "atena_trials"
urlpatterns = [
    path("", views.samples, name="samples"),
    path("<int:sample_id>/", views.sample, name="sample"),
    path("<int:sample_id>/erase/", views.erase, name="erase"),
]
