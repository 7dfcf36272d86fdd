"""Pages of the operator's console."""

from django.urls import path

from tenants.console.views import adapter_versions, adapters, health, onboarding, packs, prefectures, states, visits

app_name = "console"

_ADAPTER = "prefectures/<str:prefecture_code>/adapter/"
_VERSION = f"{_ADAPTER}<int:version>/"

urlpatterns = [
    path("prefectures/", prefectures.prefectures, name="prefectures"),
    path("onboarding/", onboarding.onboarding, name="onboarding"),
    path("onboarding/<str:prefecture_code>/", onboarding.onboarding_detail, name="onboarding_detail"),
    path("onboarding/<str:prefecture_code>/progress/", onboarding.onboarding_progress, name="onboarding_progress"),
    path("onboarding/<str:prefecture_code>/run/", onboarding.onboarding_run, name="onboarding_run"),
    path("onboarding/<str:prefecture_code>/manager/", onboarding.first_manager, name="first_manager"),
    path("onboarding/<str:prefecture_code>/handover/", onboarding.handover, name="handover"),
    path("onboarding/<str:prefecture_code>/state/<str:state>/", states.prefecture_state, name="prefecture_state"),
    path(_ADAPTER, adapters.adapter, name="adapter"),
    path(f"{_ADAPTER}new/", adapters.adapter_new, name="adapter_new"),
    path(f"{_ADAPTER}import/", adapters.adapter_import, name="adapter_import"),
    path(_VERSION, adapter_versions.adapter_version, name="adapter_version"),
    path(f"{_VERSION}progress/", adapter_versions.adapter_progress, name="adapter_progress"),
    path(f"{_VERSION}since/<int:earlier>/", adapter_versions.adapter_differences, name="adapter_differences"),
    path(f"{_VERSION}check/", adapter_versions.adapter_check, name="adapter_check"),
    path(f"{_VERSION}activate/", adapter_versions.adapter_activate, name="adapter_activate"),
    path(f"{_VERSION}trials/<int:trial>/", adapter_versions.adapter_trial, name="adapter_trial"),
    path(f"{_VERSION}withdraw/", adapter_versions.adapter_withdraw, name="adapter_withdraw"),
    path(f"{_VERSION}export/", adapter_versions.adapter_export, name="adapter_export"),
    path("packs/", packs.packs, name="packs"),
    path("packs/<slug:pack_name>/", packs.pack_coverage, name="pack"),
    path("platform/", health.health, name="health"),
    path("visits/", visits.visits, name="visits"),
    path("visits/<int:visit_id>/end/", visits.end, name="visit_end"),
]
