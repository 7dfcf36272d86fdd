"""Below /yearpacks/."""

from django.urls import path

from domain.yearpacks.views import forcing, overview, revisions, rows, workbooks

app_name = "yearpacks"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("coverage/", overview.coverage, name="coverage"),
    path("new/", overview.new, name="new"),
    path("<int:revision_id>/", revisions.revision, name="revision"),
    path("<int:revision_id>/coverage/", overview.revision_coverage, name="revision_coverage"),
    path("<int:revision_id>/rows/", rows.rows, name="rows"),
    path("<int:revision_id>/rows/<slug:row_id>/", rows.fill, name="row"),
    path("<int:revision_id>/rows/<slug:row_id>/remove/", rows.remove, name="row_remove"),
    path("<int:revision_id>/carry/", rows.carry, name="carry"),
    path("<int:revision_id>/accept/", rows.accept, name="accept"),
    path("<int:revision_id>/accept/take-back/", rows.take_back, name="take_back"),
    path("<int:revision_id>/propose/", revisions.propose, name="propose"),
    path("<int:revision_id>/recall/", revisions.recall, name="recall"),
    path("<int:revision_id>/withdraw/", revisions.withdraw, name="withdraw"),
    path("<int:revision_id>/approve/", revisions.approve, name="approve"),
    path("<int:revision_id>/workbook/", workbooks.download, name="workbook"),
    path("<int:revision_id>/upload/", workbooks.upload, name="upload"),
    path("uploads/<int:upload_id>/", workbooks.preview, name="preview"),
    path("force/", forcing.propose, name="force"),
    path("force/<int:force_id>/approve/", forcing.approve, name="force_approve"),
    path("force/<int:force_id>/withdraw/", forcing.withdraw, name="force_withdraw"),
]
