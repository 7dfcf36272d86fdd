"""Below /numbers/."""

from django.urls import path

from domain.vault.views import deposits, reveal

app_name = "vault"
urlpatterns = [
    path("", deposits.deposits, name="deposits"),
    path("deposits/<int:deposit_id>/", deposits.deposit, name="deposit"),
    path("members/<int:member_id>/", reveal.reveal, name="reveal"),
]
