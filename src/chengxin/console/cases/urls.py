"""URLs of the case desk."""

from django.urls import path

from chengxin.console.cases import kinds, queue, reorganisation, supervisor, views

urlpatterns = [
    path("", queue.queue, name="cases"),
    path("load/", supervisor.overview, name="case_load"),
    path("kinds/", kinds.listing, name="kinds"),
    path("kinds/<uuid:record_id>/", kinds.one, name="kind"),
    path("reorganisation/", reorganisation.listing, name="reorganisations"),
    path("reorganisation/<uuid:case_id>/", reorganisation.one, name="reorganisation"),
    path("reorganisation/<uuid:case_id>/<slug:action>/", reorganisation.take, name="reorganisation_action"),
    path("<uuid:case_id>/", views.case, name="case"),
    path("<uuid:case_id>/clock/<slug:code>/", views.take_clock_step, name="case_clock"),
    path("<uuid:case_id>/documents/<int:document_id>/", views.document, name="case_document"),
    path("<uuid:case_id>/materials/<int:document_id>/", views.material, name="case_material"),
    path("<uuid:case_id>/<slug:action>/", views.take, name="case_action"),
]
