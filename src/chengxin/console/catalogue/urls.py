"""URLs of the catalogue desk."""

from django.urls import path

from chengxin.console.catalogue import drafting, views

urlpatterns = [
    path("", views.listing, name="catalogue"),
    path("new/<slug:kind>/", drafting.new, name="catalogue_new"),
    path("<uuid:change_id>/", views.one, name="catalogue_change"),
    path("<uuid:change_id>/edit/", drafting.edit, name="catalogue_edit"),
    path("<uuid:change_id>/<slug:action>/", views.take, name="catalogue_step"),
]
