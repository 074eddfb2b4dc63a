"""URLs of the desk of repair that comes to the person."""

from django.urls import path

from chengxin.console.outreach import views

urlpatterns = [path("", views.home, name="outreach")]
