"""URLs of the public site and of the subject's own pages."""

from django.urls import path

from chengxin.portal import sign_in

app_name = "portal"
urlpatterns = [
    path("sign-in/", sign_in.enter, name="sign_in"),
    path("sign-out/", sign_in.leave, name="sign_out"),
    path("demo/", sign_in.demonstration, name="demonstration"),
]
