"""URLs of the intake desk."""

from django.urls import path

from chengxin.console.intake import grid, lineage, mapping, merging, questions, records, return_loop, upload, views

app_name = "intake"
urlpatterns = [
    path("", views.home, name="home"),
    path("blank.csv", views.blank, name="blank"),
    path("mapping/", mapping.home, name="mapping"),
    path("mapping/<uuid:held_id>/", mapping.one_file, name="mapping_file"),
    path("mapping/<uuid:held_id>/try/", mapping.rehearsal, name="mapping_rehearsal"),
    path("mapping/versions/<uuid:mapping_id>/", mapping.change, name="mapping_change"),
    path("questions/", questions.queue, name="questions"),
    path("questions/<int:question_id>/", questions.question, name="question"),
    path("questions/<int:question_id>/answer/", questions.answer, name="question_answer"),
    path("records/", records.home, name="records"),
    path("records/withdraw-file/", records.withdraw_file, name="withdraw_file"),
    path("records/<uuid:record_id>/", records.record, name="record"),
    path("records/<uuid:record_id>/withdraw/", records.withdraw, name="withdraw"),
    path("records/<uuid:record_id>/undo/", records.undo, name="undo"),
    path("records/<uuid:record_id>/correct/", records.correct, name="correct"),
    path("records/<uuid:record_id>/lineage/", lineage.of_record, name="lineage"),
    path("subjects/", merging.home, name="subjects"),
    path("subjects/<uuid:change_id>/", merging.change, name="subject_change"),
    path("subjects/<uuid:change_id>/split/", merging.split, name="subject_split"),
    path("uploads/", upload.begin, name="uploads"),
    path("uploads/<uuid:upload_id>/", upload.one, name="upload"),
    path("uploads/<uuid:upload_id>/give-up/", upload.give_up, name="give_up"),
    path("trial.xlsx", return_loop.of_trial, name="trial_copy"),
    path("<uuid:submission_id>/mend/", grid.grid, name="grid"),
    path("<uuid:submission_id>/own-file/", return_loop.own_file, name="own_file"),
    path("<uuid:submission_id>/retract/", return_loop.retract, name="retract"),
    path("<uuid:submission_id>/differences/", lineage.differences, name="differences"),
    path("<uuid:submission_id>/", views.result, name="result"),
    path("<uuid:submission_id>/receipt.json", views.receipt, name="receipt"),
    path("<uuid:submission_id>/returned.csv", views.returned, {"kind": "csv"}, name="returned"),
    path("<uuid:submission_id>/returned.xlsx", views.returned, {"kind": "xlsx"}, name="annotated"),
]
