"""URLs of the catalogue desk."""

from django.urls import path

from chengxin.console.catalogue import commenting, drafting, views

urlpatterns = [
    path("", views.listing, name="catalogue"),
    path("new/<slug:kind>/", drafting.new, name="catalogue_new"),
    path("comments/", commenting.listing, name="catalogue_open"),
    path("comments/<uuid:change_id>/", commenting.one, name="catalogue_comment"),
    path("<uuid:change_id>/comments/<uuid:comment_id>/", commenting.answer, name="catalogue_answer"),
    path("<uuid:change_id>/", views.one, name="catalogue_change"),
    path("<uuid:change_id>/edit/", drafting.edit, name="catalogue_edit"),
    path("<uuid:change_id>/<slug:action>/", views.take, name="catalogue_step"),
]
