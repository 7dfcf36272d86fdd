"""URLs of the 帳票."""

from django.urls import path

from domain.reports import views, wording_views

app_name = "reports"

urlpatterns = [
    path("", views.files, name="files"),
    path("calculation/<int:statement_id>/", views.calculation, name="calculation"),
    path("payment-calculation/<int:payment_id>/", views.payment_calculation, name="payment_calculation"),
    path("wordings/", wording_views.wordings, name="wordings"),
    path("wordings/new/", wording_views.propose, name="wording_propose"),
    path("wordings/<int:wording_id>/approve/", wording_views.approve, name="wording_approve"),
    path("wordings/<int:wording_id>/withdraw/", wording_views.withdraw, name="wording_withdraw"),
    path("<int:file_id>/", views.file, name="file"),
    path("<int:file_id>/download/", views.download, name="download"),
]
