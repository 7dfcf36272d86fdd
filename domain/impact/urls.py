"""URLs of 影響試算 and 再計算照合."""

from django.urls import path

from domain.impact.views import replays, runs

app_name = "impact"

urlpatterns = [
    path("", runs.index, name="list"),
    path("replays/", replays.nights, name="replays"),
    path("replays/<int:night_id>/", replays.night, name="replay"),
    path("<int:run_id>/", runs.run, name="run"),
    path("<int:run_id>/movers/", runs.movers, name="movers"),
    path("<int:run_id>/payments/", runs.payments, name="payments"),
    path("<int:run_id>/workbook/", runs.workbook, name="workbook"),
    path("<int:run_id>/delete/", runs.delete, name="delete"),
]
