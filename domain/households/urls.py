"""Below /households/."""

from django.urls import path

from domain.households.views import households, imports

app_name = "households"
urlpatterns = [
    path("", households.households, name="list"),
    path("<int:household_id>/", households.household, name="detail"),
    path("<int:household_id>/address/", households.address, name="address"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:import_id>/", imports.import_detail, name="import"),
    path("problems/<int:problem_id>/settle/", imports.settle, name="settle"),
]
