"""The server under the enquiry benchmark: the gate and its plain peer, behind the same token, in the same run."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import uuid
from datetime import datetime
from random import SystemRandom
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.config.settings")
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Prefetch, Q  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

from chengxin.accounts import clients  # noqa: E402
from chengxin.accounts.models import RoleAssignment, User  # noqa: E402
from chengxin.api.enquiries import body_of  # noqa: E402
from chengxin.catalogue import lawbook  # noqa: E402
from chengxin.disclosure.models import Access  # noqa: E402
from chengxin.disclosure.services import Enquiry, disclose  # noqa: E402
from chengxin.ledger import leaves  # noqa: E402
from chengxin.ledger.entries import opening_place  # noqa: E402
from chengxin.ledger.models import Entry, Opening  # noqa: E402
from chengxin.registry.models import Annotation, Mandate, Person, RecordVersion  # noqa: E402
from chengxin.registry.sealing import open_content  # noqa: E402
from chengxin.registry.selectors import certificate_index, name_index  # noqa: E402
from chengxin.rules import masks, merkle, money  # noqa: E402
from chengxin.rules.identifiers.check import check  # noqa: E402
from chengxin.rules.identifiers.verdict import CodeKind  # noqa: E402
from chengxin.ui import clock  # noqa: E402
from chengxin.vault import services as vault  # noqa: E402


def token(user: uuid.UUID) -> str:
    """Return a signed token that is cheap to verify."""
    mac = hmac.new(settings.SECRET_KEY.encode(), user.bytes, hashlib.sha256).hexdigest()
    return f"{user.hex}.{mac}"


def authenticate(request: HttpRequest) -> User | None:
    """Return the active user a bearer token was signed for."""
    user, _, mac = request.headers.get("Authorization", "").removeprefix("Bearer ").partition(".")
    expected = hmac.new(settings.SECRET_KEY.encode(), uuid.UUID(user).bytes, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, mac):
        return None
    return User.objects.select_related("agency").filter(pk=uuid.UUID(user), is_active=True).first()


def nothing(_request: HttpRequest) -> HttpResponse:
    """Answer with nothing: what the server and the framework cost by themselves."""
    return JsonResponse({})


def gate(request: HttpRequest) -> HttpResponse:
    """Answer an enquiry through the one gate, for a system that shows its token, as the interface does."""
    now = clock.now()
    client = clients.authenticate(request.headers.get("Authorization", "").removeprefix("Bearer "), now)
    if client is None:
        return HttpResponse(status=401)
    asked = json.loads(request.body)
    actor = clients.actor_for(client, asked["purpose"])
    enquiry = Enquiry(
        actor, asked["purpose"], asked["subject_kind"], CodeKind(asked["code_kind"]), asked["code"], asked["name"],
        statute=asked["statute"], matter_no=asked["matter_no"], reason=asked["reason"],
    )  # fmt: skip
    answer = disclose(enquiry, now=now, today=now.date(), rng=SystemRandom())
    return HttpResponse(body_of(answer), content_type="application/json")


def plain(request: HttpRequest) -> HttpResponse:
    """Do the same work as one would write it with the object mapper and no further thought."""
    actor = authenticate(request)
    if actor is None or actor.agency is None or not actor.agency.queries_records:
        return HttpResponse(status=401)
    asked, now = json.loads(request.body), clock.now()
    with transaction.atomic():
        if not RoleAssignment.objects.filter(user=actor, role="enquirer").exists():
            return HttpResponse(status=403)
        purpose = lawbook.purpose(asked["purpose"], now.date())
        if asked["statute"] not in [str(basis) for basis in purpose.basis]:
            return HttpResponse(status=403)
        kind = CodeKind(asked["code_kind"])
        code = check(kind, asked["code"]).normalised
        person = Person.objects.select_related("subject__key").get(
            certificate_kind=kind.value, certificate_index=certificate_index(kind, code)
        )
        if person.name_index != name_index(asked["name"]) or Mandate.objects.filter(user=actor, subject=person.subject):
            return HttpResponse(status=403)
        rows = [plain_row(v, purpose) for v in plain_versions(person, purpose, now)]
        entry = plain_leaf(actor, person, asked, rows, now)
    subject = {"name": masks.name(asked["name"]), "code": masks.citizen_id(code)}
    return JsonResponse({"entry": entry, "outcome": "answered", "subject": subject, "rows": rows})


def plain_versions(person: Person, purpose: Any, now: datetime) -> Any:
    """Return the records this purpose may see."""
    marks = Prefetch("record__annotations", Annotation.objects.filter(until=None), to_attr="open_marks")
    return (
        RecordVersion.objects.filter(
            Q(use_until=None) | Q(use_until__gte=now.date()),
            known_until=None,
            ended_at=None,
            link_suspended=False,
            record__subject=person.subject,
            nature__in=purpose.natures,
            record__item__item__code__in=purpose.items,
        )
        .select_related("record__item__item", "record__subject__key")
        .prefetch_related(marks)
        .order_by("-document_date")
    )


def plain_row(version: RecordVersion, purpose: Any) -> dict[str, Any]:
    """Return one record, masked."""
    item, content = version.record.item, open_content(version, version.record.subject)
    fields = []
    for field in lawbook.layout(item.layout).fields:
        if field.code in content:
            value = content[field.code]
            text = money.show(money.Money(**value)) if isinstance(value, dict) else str(value)
            clear = field.klass in ("public", "org_code", *purpose.fields)
            shown = text if clear else masks.by_class(field.klass, text)
            fields.append({"code": field.code, "name": field.zh, "value": shown, "masked": shown != text})
    return {
        "record": version.record_id,
        "item": item.name_zh,
        "basis": f"《{item.basis_instrument}》{item.basis_article}",
        "authority": version.authority_name,
        "document_no": version.document_no or content.get("document_no", ""),
        "document_date": version.document_date,
        "use_until": version.use_until,
        "disputed": any(mark.kind == "disputed" for mark in version.record.open_marks),
        "fields": fields,
    }


def plain_leaf(actor: User, person: Person, asked: dict[str, Any], rows: list[dict[str, Any]], now: datetime) -> int:
    """Write the same leaf, opening and access row through the object mapper."""
    agency, access, salt = actor.agency, uuid.uuid4(), secrets.token_bytes(leaves.SALT_BYTES)
    fields = sorted({each["code"] for row in rows for each in row["fields"]})
    payload = leaves.canonical(
        {"access": access, "actor": actor.pk, "subject": person.pk, "basis": asked["statute"], "fields": fields,
         "matter": asked["matter_no"], "records": [row["record"] for row in rows]}
    )  # fmt: skip
    committed = leaves.commitment(salt, payload)
    public = {"agency": agency.uscc if agency else "", "purpose": asked["purpose"], "outcome": "answered"}
    body = leaves.body("access", leaves.moment(now), leaves.public_part("access", public), committed)
    entry = Entry.objects.create(kind="access", body=body, leaf_hash=merkle.leaf_hash(body), written_at=now)
    key = person.subject.key
    sealed = vault.seal(key, salt + payload, opening_place(committed))
    Opening.objects.create(entry=entry, key=key, sealed=sealed)
    Access.objects.create(
        id=access, entry=entry, at=now, actor=actor, agency=agency, actor_role="enquirer", purpose=asked["purpose"],
        basis_kind="statute", basis_ref=asked["statute"], matter_no=asked["matter_no"], subject=person.subject,
        outcome="answered", item_codes=sorted({row["item"] for row in rows}), fields=fields, record_count=len(rows),
        visible_from=now,
    )  # fmt: skip
    return entry.pk


urlpatterns = [path("nothing", nothing), path("gate", gate), path("plain", plain)]
application = get_wsgi_application()
