"""URLs of the 帳票."""

from django.urls import path

from domain.reports import views

app_name = "reports"

urlpatterns = [
    path("", views.files, name="files"),
    path("calculation/<int:statement_id>/", views.calculation, name="calculation"),
    path("<int:file_id>/", views.file, name="file"),
    path("<int:file_id>/download/", views.download, name="download"),
]
