"""URLs of the desks, one folder for each."""

from django.urls import include, path

from chengxin.console import views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("cases/", include("chengxin.console.cases.urls")),
    path("clients/", include("chengxin.console.clients.urls")),
    path("erasure/", include("chengxin.console.erasure.urls")),
    path("effects/", include("chengxin.console.effects.urls")),
    path("catalogue/", include("chengxin.console.catalogue.urls")),
    path("counter/", include("chengxin.console.counter.urls")),
    path("enquiry/", include("chengxin.console.enquiry.urls")),
    path("intake/", include("chengxin.console.intake.urls")),
    path("monitoring/", include("chengxin.console.monitoring.urls")),
    path("quality/", include("chengxin.console.quality.urls")),
    path("recipients/", include("chengxin.console.recipients.urls")),
    path("reports/", include("chengxin.console.reports.urls")),
    path("screening/", include("chengxin.console.screening.urls")),
    path("outreach/", include("chengxin.console.outreach.urls")),
]
