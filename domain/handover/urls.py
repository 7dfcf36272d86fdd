"""URLs of 受渡し, below /handover/."""

from django.urls import path

from domain.handover.views import acts, evidence, medium, sheets

app_name = "handover"
urlpatterns = [
    path("medium/", medium.overview, name="medium"),
    path("medium/release/", medium.release, name="release"),
    path("medium/take-in/", medium.take_in, name="take_in"),
    path("medium/erase/", medium.erase, name="erase"),
    path("medium/history/", acts.history, name="history"),
    path("medium/acts/<int:act_id>/", acts.act, name="act"),
    path("medium/acts/<int:act_id>/confirm/", acts.confirm, name="confirm"),
    path("medium/acts/<int:act_id>/withdraw/", acts.withdraw, name="withdraw"),
    path("medium/acts/<int:act_id>/receipts/", acts.receipts, name="receipts"),
    path("medium/files/<int:carried_id>/", acts.download, name="download"),
    path("medium/batches/<uuid:batch_id>/", medium.open_lines, name="open_lines"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/evidence/<int:evidence_id>/", evidence.download, name="evidence"),
    path("sheets/<slug:sheet>/", sheets.sheet, name="sheet"),
    path("sheets/<slug:sheet>/draft/", sheets.draft, name="draft"),
    path("sheets/<slug:sheet>/paper/", sheets.paper, name="paper"),
    path("sheets/<slug:sheet>/compare/", sheets.compare, name="compare"),
]
