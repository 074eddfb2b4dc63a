"""URLs of the erasure desk."""

from django.urls import path

from chengxin.console.erasure import powers, views

urlpatterns = [
    path("", views.queue, name="erasures"),
    path("papers/<int:document_id>.pdf", views.paper, name="paper"),
    path("powers/<uuid:power_id>/", powers.one, name="power"),
    path("powers/<uuid:power_id>/proof/", powers.proof, name="power_proof"),
    path("<uuid:case_id>/", views.one, name="erasure"),
    path("<uuid:case_id>/<slug:action>/", views.take, name="erasure_action"),
]
