"""Every door's URLs in one table."""

from django.urls import include, path

urlpatterns = [
    path("", include("chengxin.portal.urls")),
    path("console/", include("chengxin.console.urls")),
    path("api/compat/", include("chengxin.api.compat.urls")),
    path("api/", include("chengxin.api.urls")),
    path("ui/", include("chengxin.ui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
