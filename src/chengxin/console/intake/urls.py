"""URLs of the intake desk."""

from django.urls import path

from chengxin.console.intake import mapping, questions, views

app_name = "intake"
urlpatterns = [
    path("", views.home, name="home"),
    path("blank.csv", views.blank, name="blank"),
    path("mapping/", mapping.home, name="mapping"),
    path("mapping/<uuid:held_id>/", mapping.one_file, name="mapping_file"),
    path("mapping/versions/<uuid:mapping_id>/", mapping.change, name="mapping_change"),
    path("questions/", questions.queue, name="questions"),
    path("questions/<int:question_id>/", questions.question, name="question"),
    path("<uuid:submission_id>/", views.result, name="result"),
    path("<uuid:submission_id>/returned.csv", views.returned, {"kind": "csv"}, name="returned"),
    path("<uuid:submission_id>/returned.xlsx", views.returned, {"kind": "xlsx"}, name="annotated"),
]
