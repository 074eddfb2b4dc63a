"""URLs of the counter; none of them ever holds a person's number or a query code."""

from django.urls import path

from chengxin.console.counter import views

app_name = "counter"
urlpatterns = [
    path("", views.start, name="start"),
    path("<uuid:visit_id>/", views.visit, name="visit"),
    path("<uuid:visit_id>/records/<uuid:record_id>/objection/", views.objection, name="objection"),
    path("<uuid:visit_id>/records/<uuid:record_id>/restoration/", views.restore, name="restoration"),
    path("<uuid:visit_id>/cases/<uuid:case_id>/<slug:act>/do/", views.act, name="act"),
    path("<uuid:visit_id>/cases/<uuid:case_id>/print/", views.print_again, name="print"),
]
