"""URLs of the desks, one folder for each."""

from django.urls import path

from chengxin.console import views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
]
