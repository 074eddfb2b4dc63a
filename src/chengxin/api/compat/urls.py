"""URLs of the older shapes; no address ever holds a code, a name or a secret (charter C27)."""

from django.urls import path

from chengxin.api.compat import shandong

app_name = "compat"
urlpatterns = [
    path("shandong/token", shandong.token, name="shandong_token"),
    path("shandong/query", shandong.query, name="shandong_query"),
    path("shandong/check", shandong.check, name="shandong_check"),
    path("shandong/feedback", shandong.feedback, name="shandong_feedback"),
]
