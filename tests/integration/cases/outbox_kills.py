"""Kill -9 workers of the outbox at every place between a commit and its note, then ask whether anything was lost.

Run as ``python -m tests.integration.cases.outbox_kills KILLS`` with a fresh CHENGXIN_VAR; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOXES, NOTICES = [UUID(int=n + 1) for n in range(3)], 5


class Deadly:
    """A channel that dies with its worker, before it has written, after it, or in between."""

    place = 0

    def send(self, parcel) -> None:
        from chengxin.cases.channels import FileChannel

        if self.place == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        FileChannel().send(parcel)
        os.kill(os.getpid(), signal.SIGKILL)


def one_life(place: int, now: datetime) -> None:
    """Let a worker send until it is killed: in the send, or (place 2) after a few whole sends."""
    from chengxin.cases import channels, outbox

    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        return
    if place < 2:
        Deadly.place = place
        channels.channel = outbox.channel = lambda name: Deadly()
        outbox.drain(now=now)
    else:
        outbox.drain(now=now, limit=1)
    os.kill(os.getpid(), signal.SIGKILL)


def main(kills: int) -> dict[str, object]:
    import django
    from django.core.management import call_command

    from chengxin.vault.keyfiles import create_keys

    os.environ["DJANGO_SETTINGS_MODULE"] = "chengxin.config.settings"
    var = os.environ["CHENGXIN_VAR"]
    create_keys(Path(var) / "keys")
    django.setup()
    from django.db import connections
    from tests import migrated

    migrated.laid_at(Path(var) / "x.sqlite3")
    call_command("migrate", verbosity=0)
    from chengxin.cases import contacts, outbox, services
    from chengxin.cases.models import OutboxMessage

    for n, box in enumerate(BOXES):
        contacts.set_contact(box, "sms", f"1380000000{n}", now=NOW)
    order = []
    for n in range(NOTICES):
        for box in BOXES:
            notice = services.serve_notice(box, "test", f"通知 {n}", "正文", now=NOW, link="/mine/")
            order.append(str(OutboxMessage.objects.get(notice=notice).id))
    now = NOW
    for life in range(kills):
        connections.close_all()
        one_life(life % 3, now)
        now += outbox.LEASE + timedelta(seconds=1)
    outbox.drain(now=now)
    text = (Path(var) / "outbox" / "sms.jsonl").read_text()
    sent = [json.loads(line) for line in text.splitlines()]
    by_box: dict[str, list[str]] = {}
    for each in sent:
        events = by_box.setdefault(each["to"] + str(order.index(each["event"]) % len(BOXES)), [])
        if each["event"] not in events:
            events.append(each["event"])
    return {
        "kills": kills,
        "written": len(order),
        "lost": len(set(order) - {each["event"] for each in sent}),
        "unknown": len({each["event"] for each in sent} - set(order)),
        "repeats": len(sent) - len({each["event"] for each in sent}),
        "in_order": all(events == sorted(events, key=order.index) for events in by_box.values()),
        "boxes": len(by_box),
        "waiting": outbox.waiting(now),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
