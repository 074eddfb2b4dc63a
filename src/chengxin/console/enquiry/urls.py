"""URLs of the enquirer's desk. No address ever holds a code or a name (charter C27)."""

from django.urls import path

from chengxin.console.enquiry import views

urlpatterns = [
    path("", views.purposes, name="enquiry"),
    path("ask/<slug:code>/", views.ask, name="enquiry_ask"),
    path("authorisations/", views.authorisations, name="enquiry_authorisations"),
    path("authorisations/ask/<slug:code>/", views.ask_authorisation, name="enquiry_ask_authorisation"),
]
