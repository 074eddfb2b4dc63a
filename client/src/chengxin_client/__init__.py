"""Screening from a service hall: ask by exact code, report back on every hit, follow what changes."""

from chengxin_client.client import Client, Reply, Subject
from chengxin_client.transport import Answer, Failed, NotReached, Transport, over_https
from chengxin_client.webhooks import Gap, Inbox, NotFromThere, Received

__all__ = [
    "Answer",
    "Client",
    "Failed",
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
