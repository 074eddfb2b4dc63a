"""Every door's URLs in one table."""

from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

urlpatterns = [
    path("", include("chengxin.portal.urls")),
    path("console/", include("chengxin.console.urls")),
    path("api/compat/", include("chengxin.api.compat.urls")),
    path("api/", include("chengxin.api.urls")),
    path("ui/", include("chengxin.ui.urls")),
    # A forged post can do no more than change the language; without a token, open pages are the same for everybody.
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
]
