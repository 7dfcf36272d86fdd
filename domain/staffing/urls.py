"""URLs of the transfer, below /transfers/."""

from django.urls import path

from domain.staffing import views

app_name = "staffing"

urlpatterns = [
    path("", views.transfers, name="transfers"),
    path("blank/", views.blank, name="blank"),
    path("filled/", views.filled, name="filled"),
    path("<int:transfer_id>/", views.transfer, name="transfer"),
    path("<int:transfer_id>/approve/", views.approve, name="approve"),
    path("<int:transfer_id>/withdraw/", views.withdraw, name="withdraw"),
]
