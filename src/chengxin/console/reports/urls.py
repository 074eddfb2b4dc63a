"""URLs of the desk of reports. No address ever holds a code or a name (charter C27)."""

from django.urls import path

from chengxin.console.reports import views

urlpatterns = [
    path("", views.home, name="reports"),
    path("ask/<slug:code>/", views.ask, name="report_ask"),
    path("batch/<slug:code>/", views.new_batch, name="report_batch_new"),
    path("batches/<uuid:batch_id>/", views.batch, name="report_batch"),
    path("batches/<uuid:batch_id>/reports.zip", views.archive, name="report_archive"),
]
