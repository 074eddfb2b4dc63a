"""URLs of the quality desk."""

from django.urls import path

from chengxin.console.quality import bulletins, steps, views

urlpatterns = [
    path("", views.home, name="quality"),
    path("table.csv", views.table, name="quality_table"),
    path("count/", steps.count, name="quality_count"),
    path("bulletins/", bulletins.issue, name="quality_issue"),
    path("bulletins/<slug:number>.pdf", bulletins.paper, name="quality_paper"),
    path("bulletins/<slug:number>.csv", bulletins.data, name="quality_data"),
    path("<uuid:agency_id>/", views.one, name="quality_agency"),
    path("<uuid:agency_id>/table/", steps.table, name="quality_file_table"),
    path("<uuid:agency_id>/duties/", steps.duties, name="quality_duties"),
    path("<uuid:agency_id>/points/", steps.points, name="quality_points"),
]
