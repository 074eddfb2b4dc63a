"""URLs of the enquirer's desk. No address ever holds a code or a name (charter C27)."""

from django.urls import path

from chengxin.console.enquiry import orders, protected, second, views

urlpatterns = [
    path("", views.purposes, name="enquiry"),
    path("ask/<slug:code>/", views.ask, name="enquiry_ask"),
    path("authorisations/", views.authorisations, name="enquiry_authorisations"),
    path("authorisations/ask/<slug:code>/", views.ask_authorisation, name="enquiry_ask_authorisation"),
    path(
        "authorisations/<uuid:authorisation_id>/artefact.json",
        views.authorisation_artefact,
        name="enquiry_authorisation_artefact",
    ),
    path("approvals/", second.waiting, name="enquiry_approvals"),
    path("approvals/<uuid:approval_id>/", second.decide, name="enquiry_approval"),
    path("protected/", protected.home, name="enquiry_protected"),
    path("protected/new/", protected.propose, name="enquiry_protect"),
    path("protected/<uuid:protection_id>/lift/", protected.lift, name="enquiry_unprotect"),
    path("protected/<uuid:proposal_id>/decide/", protected.decide, name="enquiry_protection"),
    path("orders/", orders.home, name="enquiry_orders"),
    path("orders/new/<slug:code>/", orders.place, name="enquiry_order_new"),
    path("orders/<uuid:order_id>/", orders.show, name="enquiry_order"),
    path("orders/<uuid:order_id>/go-on/", orders.go_on, name="enquiry_order_go_on"),
    path("orders/<uuid:order_id>/results/", orders.take, name="enquiry_order_results"),
]
