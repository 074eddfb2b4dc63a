"""URLs of the desk that watches effects."""

from django.urls import path

from chengxin.console.effects import views

urlpatterns = [
    path("", views.overview, name="effects"),
    path("unasked/<uuid:record_id>/", views.unasked, name="unasked_effects"),
    path("<uuid:case_id>/", views.effects, name="case_effects"),
]
