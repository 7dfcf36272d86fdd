"""URLs of the 調書."""

from django.urls import path

from domain.statements.views import (
    certificates,
    choosing,
    deciding,
    detail,
    forwarding,
    listing,
    provisional,
    redetermining,
    review,
)

app_name = "statements"

urlpatterns = [
    path("", listing.index, name="list"),
    path("compute/", listing.compute_all, name="compute_all"),
    path("forward/", forwarding.forward, name="forward"),
    path("review/", review.review, name="review"),
    path("review/propose/", review.propose, name="propose"),
    path("review/decide/", deciding.decide, name="decide"),
    path("provisional/", provisional.provisional, name="provisional"),
    path("provisional/decide/", provisional.decide_provisional, name="decide_provisional"),
    path("<int:statement_id>/", detail.detail, name="detail"),
    path("<int:statement_id>/certificates/", certificates.certificates, name="certificates"),
    path("<int:statement_id>/members/<int:member_id>/source/", choosing.source, name="source"),
    path("<int:statement_id>/compute/", detail.compute, name="compute"),
    path("<int:statement_id>/send-back/", detail.send_back, name="send_back"),
    path("<int:statement_id>/redetermine/", redetermining.redetermine, name="redetermine"),
    path("<int:statement_id>/withdraw/", redetermining.withdraw, name="withdraw"),
]
