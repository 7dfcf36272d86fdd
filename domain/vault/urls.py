"""Below /numbers/."""

from django.urls import path

from domain.vault.views import approving, deposits, desk, duplicates, keeping, reveal

app_name = "vault"
urlpatterns = [
    path("", deposits.deposits, name="deposits"),
    path("deposits/<int:deposit_id>/", deposits.deposit, name="deposit"),
    path("members/<int:member_id>/", reveal.reveal, name="reveal"),
    path("members/<int:member_id>/change/", desk.change, name="change"),
    path("desk/<int:household_id>/", desk.desk, name="desk"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/<int:conflict_id>/", duplicates.settle, name="settle"),
    path("keeping/", keeping.keeping, name="keeping"),
    path("keeping/lists/", keeping.ask_list, name="ask_list"),
    path("keeping/lists/<uuid:list_id>/withdraw/", keeping.withdraw_list, name="withdraw_list"),
    path("keeping/disposals/", keeping.propose_disposal, name="propose_disposal"),
    path("keeping/disposals/<uuid:disposal_id>/", keeping.disposal, name="disposal"),
    path("keeping/disposals/<uuid:disposal_id>/withdraw/", keeping.withdraw_disposal, name="withdraw_disposal"),
    path("keeping/mode/", keeping.propose_mode, name="propose_mode"),
    path("keeping/mode/<uuid:change_id>/withdraw/", keeping.withdraw_mode, name="withdraw_mode"),
    path("approvals/", approving.approvals, name="approvals"),
    path("approvals/mode/<uuid:change_id>/", approving.approve_mode, name="approve_mode"),
    path("approvals/keys/", approving.rotate_key, name="rotate_key"),
    path("approvals/lists/<uuid:list_id>/", approving.approve_list, name="approve_list"),
    path("approvals/disposals/<uuid:disposal_id>/", approving.approve_disposal, name="approve_disposal"),
]
