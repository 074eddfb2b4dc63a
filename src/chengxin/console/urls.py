"""URLs of the desks, one folder for each."""

from django.urls import include, path

from chengxin.console import views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("intake/", include("chengxin.console.intake.urls")),
]
