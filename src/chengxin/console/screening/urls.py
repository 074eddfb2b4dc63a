"""URLs of the desk of screening. No address ever holds a code or a name (charter C27)."""

from django.urls import path

from chengxin.console.screening import portfolio, views

urlpatterns = [
    path("", views.home, name="screening"),
    path("ask/<slug:code>/", views.ask, name="screening_ask"),
    path("feedback/<uuid:number>/", views.feedback, name="screening_feedback"),
    path("portfolio/", portfolio.home, name="screening_portfolio"),
    path("portfolio/add/<slug:code>/", portfolio.add, name="screening_portfolio_add"),
    path("portfolio/remove/<slug:code>/", portfolio.remove, name="screening_portfolio_remove"),
    path("portfolio/hook/", portfolio.hook, name="screening_portfolio_hook"),
    path("portfolio/replay/", portfolio.replay, name="screening_portfolio_replay"),
]
