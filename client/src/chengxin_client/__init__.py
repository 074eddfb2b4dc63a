"""Screening from a service hall, and the feed for a recipient: ask, report back, follow, and prove what is held."""

from chengxin_client.client import Client, Reply, Subject
from chengxin_client.feed import Feed
from chengxin_client.transport import Answer, Failed, NotReached, Transport, over_https
from chengxin_client.webhooks import Gap, Inbox, NotFromThere, Received

__all__ = [
    "Answer",
    "Client",
    "Failed",
    "Feed",
    "Gap",
    "Inbox",
    "NotFromThere",
    "NotReached",
    "Received",
    "Reply",
    "Subject",
    "Transport",
    "over_https",
]
