"""URLs of the desk of repair that comes to the person."""

from django.urls import path

from chengxin.console.outreach import reviews, views

urlpatterns = [
    path("", views.home, name="outreach"),
    path("cancel/", reviews.cancel, name="cancel_duty"),
    path("reviews/<uuid:record_id>/", reviews.review, name="duty_review"),
]
