"""The receiver printed in the how-to is a real one: it verifies, applies, deletes, and refuses what was changed."""

from __future__ import annotations

import re
from datetime import timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.disclosure import feed, push, wire
from chengxin.disclosure.models import Receipt
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "receive-the-feed.md"


@pytest.fixture
def receiver():
    """Serve the class printed at the end of the page, just as it is printed."""
    printed = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[-1]
    names: dict = {}
    exec(compile(printed, str(PAGE), "exec"), names)  # The page is ours.
    made = names["Receiver"]
    made.key = vault.public_key()
    server = ThreadingHTTPServer(("127.0.0.1", 0), made)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/in"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def endpoint(world, receiver, settings):
    settings.CHENGXIN_PUSH_HOSTS = ["127.0.0.1"]
    ends = TODAY + timedelta(days=900)
    recipient = feed.contract(factories.agency(), "supervision", "GX-2026-01", since=TODAY, until=ends)
    return push.register(recipient, receiver.url, now=NOW)


def test_it_receives_applies_and_deletes(world, receiver, endpoint):
    record = factories.record(world.firm, document_no="示交罚〔2026〕7号")
    feed.collect(NOW, TODAY)
    pusher = push.Pusher(workers=2)
    pusher.step(NOW, TODAY)
    while pusher.wait(5):
        pusher.step(NOW, TODAY)
    assert str(record) in receiver.held
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=NOW)
    feed.collect(NOW, TODAY)
    pusher.step(NOW, TODAY)
    pusher.finish(lambda: NOW)
    assert str(record) not in receiver.held and str(record) in receiver.gone
    assert not Receipt.objects.filter(applied_at=None).exists()


def test_it_refuses_a_changed_body_a_changed_moment_and_another_key(world, receiver, endpoint):
    feed.collect(NOW, TODAY)
    job = push.claim(endpoint.pk, now=NOW, today=TODAY)
    assert job is not None
    later = {**job.headers, "X-Chengxin-Time": (NOW + timedelta(hours=1)).isoformat()}
    assert wire.post(job.url, job.body.replace(b"publish", b"changed"), job.headers).failure == "http_403"
    assert wire.post(job.url, job.body, later).failure == "http_403"
    assert wire.post(job.url, job.body, {**job.headers, "X-Chengxin-Signature": "zz"}).failure == "http_403"
    assert not receiver.held
    assert wire.post(job.url, job.body, job.headers).applied
    receiver.key = bytes(32)
    assert wire.post(job.url, job.body, job.headers).failure == "http_403"
