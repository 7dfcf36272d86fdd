"""URLs of the link, below /linkage/."""

from django.urls import path

from domain.linkage import views

app_name = "linkage"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("plan/", views.plan, name="plan"),
    path("register/", views.register, name="register"),
    path("register-again/", views.register_again, name="register_again"),
    path("inquire/", views.inquire, name="inquire"),
    path("batches/", views.batches, name="batches"),
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/<int:inquiry_id>/", views.review, name="review"),
]
