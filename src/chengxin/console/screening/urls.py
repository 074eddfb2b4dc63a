"""URLs of the desk of screening. No address ever holds a code or a name (charter C27)."""

from django.urls import path

from chengxin.console.screening import views

urlpatterns = [
    path("", views.home, name="screening"),
    path("ask/<slug:code>/", views.ask, name="screening_ask"),
    path("feedback/<uuid:number>/", views.feedback, name="screening_feedback"),
]
