"""URLs of this room."""

from django.urls import URLPattern, URLResolver, path

from chengxin.ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = [path("", views.living_catalogue, name="catalogue")]
