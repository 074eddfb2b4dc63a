"""URLs of the auditor's desk, and of what a unit is asked."""

from django.urls import path

from chengxin.console.monitoring import tickets, views

urlpatterns = [
    path("", views.home, name="monitoring"),
    path("reads/", views.reads, name="monitoring_reads"),
    path("counts/", views.counts, name="monitoring_counts"),
    path("tickets/<int:ticket_id>/", tickets.one, name="monitoring_ticket"),
    path("tickets/<int:ticket_id>/act/", tickets.act, name="monitoring_act"),
    path("tickets/<int:ticket_id>/subject/", tickets.identify, name="monitoring_subject"),
    path("asked/", tickets.asked, name="monitoring_asked"),
    path("asked/<int:ticket_id>/", tickets.explain, name="monitoring_explain"),
]
