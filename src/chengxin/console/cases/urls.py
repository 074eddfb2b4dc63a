"""URLs of the case desk."""

from django.urls import path

from chengxin.console.cases import views

urlpatterns = [
    path("", views.queue, name="cases"),
    path("<uuid:case_id>/", views.case, name="case"),
    path("<uuid:case_id>/documents/<int:document_id>/", views.document, name="case_document"),
    path("<uuid:case_id>/<slug:action>/", views.take, name="case_action"),
]
