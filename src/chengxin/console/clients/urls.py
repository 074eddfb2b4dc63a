"""URLs of the desk of API clients and exchange peers."""

from django.urls import path

from chengxin.console.clients import keys, peers, views

urlpatterns = [
    path("", views.listing, name="clients"),
    path("new/", views.new, name="new_client"),
    path("<uuid:client_id>/", views.one, name="client"),
    path("<uuid:client_id>/keys/new/", keys.new, name="new_client_key"),
    path("<uuid:client_id>/keys/<uuid:key_id>/end/", keys.end, name="end_client_key"),
    path("peers/new/", peers.new, name="new_peer"),
    path("peers/<uuid:peer_id>/", peers.one, name="peer"),
]
