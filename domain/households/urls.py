"""Below /households/."""

from django.urls import path

from domain.households.views import canaries, corrections, households, imports, members, schools, statuses

app_name = "households"
urlpatterns = [
    path("", households.households, name="list"),
    path("<int:household_id>/", households.household, name="detail"),
    path("<int:household_id>/address/", households.address, name="address"),
    path("<int:household_id>/members/", members.members, name="members"),
    path("<int:household_id>/correct/", corrections.household, name="correct_household"),
    path("members/<int:member_id>/correct/", corrections.member, name="correct_member"),
    path("members/<int:member_id>/", members.member, name="member"),
    path("members/<int:member_id>/enrol/", members.enrol, name="enrol"),
    path("pupils/<int:pupil_id>/status/", statuses.status, name="status"),
    path("statuses/<int:period_id>/", statuses.correct, name="correct_status"),
    path("schools/", schools.schools, name="schools"),
    path("schools/preview/", schools.preview, name="schools_preview"),
    path("schools/take/", schools.take, name="schools_take"),
    path("schools/blank/", schools.blank, name="schools_blank"),
    path("schools/<int:school_id>/", schools.school, name="school"),
    path("canaries/", canaries.canaries, name="canaries"),
    path("canaries/<int:canary_id>/remove/", canaries.remove, name="canary_remove"),
    path("imports/", imports.imports, name="imports"),
    path("imports/blank/", imports.blank, name="imports_blank"),
    path("imports/<int:import_id>/", imports.import_detail, name="import"),
    path("imports/<int:import_id>/take/", imports.take, name="import_take"),
    path("problems/<int:problem_id>/settle/", imports.settle, name="settle"),
]
