"""URLs of the desk of recipients."""

from django.urls import path

from chengxin.console.recipients import views

urlpatterns = [
    path("", views.listing, name="recipients"),
    path("new/", views.new, name="new_recipient"),
    path("<int:recipient_id>/", views.one, name="recipient"),
]
