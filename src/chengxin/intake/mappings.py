"""列对应: an agency says once what the columns of its file stand for; versions are kept, and one can go back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from chengxin.accounts.models import Agency, User
from chengxin.catalogue import lawbook
from chengxin.catalogue.models import Item, ItemVersion
from chengxin.catalogue.selectors import version_in_force
from chengxin.intake import confirmed, services
from chengxin.intake.checking import proposals, refuse_prohibited, shown
from chengxin.intake.models import ColumnMapping, HeldFile, Submission
from chengxin.intake.policies import check_may_submit
from chengxin.intake.readers.limits import MIB
from chengxin.intake.readers.read import read_table
from chengxin.intake.readers.spool import Upload, spooled
from chengxin.ledger import services as ledger
from chengxin.rules import columns
from chengxin.rules.columns import Contents, Proposal, Proposals
from chengxin.rules.errors import Refusal
from chengxin.rules.layouts import Layout
from chengxin.vault import services as vault
from chengxin.vault.services import Place

HELD_FOR = timedelta(hours=24)
HELD_BYTES = 32 * MIB


class MappingIncomplete(Refusal):
    """The columns as chosen do not describe the table: something is missing, claimed twice or in another unit."""

    code = "mapping_incomplete"


class NoSuchMapping(Refusal):
    """No such mapping or file of this agency, or its time is over."""

    code = "no_such_mapping"


@dataclass(frozen=True)
class Proposed:
    """What is proposed for a file: nothing of it is stored or in force."""

    item: ItemVersion
    layout: Layout
    columns: Proposals
    contents: list[Contents]

    @property
    def headings(self) -> list[str]:
        """The headings in the order of the file."""
        return [column.heading for column in self.columns.columns]

    def stored(self) -> list[dict[str, Any]]:
        """Return the proposals with their reasons and shapes as plain data, without any content."""
        return [_stored(column, look) for column, look in zip(self.columns.columns, self.contents, strict=True)]


def propose(agency: Agency, item_code: str, stream: IO[bytes], *, actor: User, today: date) -> Proposed:
    """Propose fields for the columns of a file; raises NotPermitted, NoItemInForce, FileRefused. Stores nothing."""
    check_may_submit(agency, actor)
    with spooled(stream) as upload:
        return _propose(agency, version_in_force(item_code, today), upload, today)


def hold(
    agency: Agency, item_code: str, filename: str, stream: IO[bytes], *, actor: User, now: datetime, today: date
) -> HeldFile:
    """Keep a file, sealed for a day, until a person has matched its columns; raises as ``propose`` does.

    A file above HELD_BYTES is not kept and has to be sent again afterwards.
    """
    check_may_submit(agency, actor)
    item = version_in_force(item_code, today)
    with spooled(stream) as upload, transaction.atomic():
        found = _propose(agency, item, upload, today)
        held = HeldFile(agency=agency, item=item.item, filename=services.safe_name(filename), proposal=found.stored())
        held.held_by, held.held_at, held.held_until = actor, now, now + HELD_FOR
        if upload.size <= HELD_BYTES:
            upload.file.seek(0)
            held.key = vault.new_key(now)
            held.sealed = vault.seal(held.key, upload.file.read(), _place(held.id))
        held.save(force_insert=True)
    return held


def confirm(
    agency: Agency,
    item_code: str,
    chosen: Mapping[str, str],
    proposed: Sequence[Mapping[str, Any]] = (),
    *,
    actor: User,
    now: datetime,
    today: date,
) -> ColumnMapping:
    """Put a mapping (heading to field code, "" = not read) in force as a new version, with its leaf.

    Raises NotPermitted, NoItemInForce, ProhibitedColumn, MappingIncomplete.
    """
    check_may_submit(agency, actor)
    item = version_in_force(item_code, today)
    refuse_prohibited(list(chosen), item)
    layout = lawbook.layout(item.layout, today)
    _check(chosen, layout)
    return _put_in_force(agency, item.item, layout.code, dict(chosen), list(proposed), None, actor, now)


def confirm_held(held_id: UUID, chosen: Sequence[str], *, actor: User, now: datetime, today: date) -> ColumnMapping:
    """Confirm the columns of a kept file in its order; raises NoSuchMapping and as ``confirm`` does."""
    held = _held(held_id, actor, now)
    headings = [each["heading"] for each in held.proposal]
    if len(chosen) != len(headings):
        raise MappingIncomplete("列数不符，请重新打开页面。", "The number of columns differs; open the page again.")
    pairs = dict(zip(headings, chosen, strict=True))
    return confirm(held.agency, held.item.code, pairs, held.proposal, actor=actor, now=now, today=today)


def send_held(held_id: UUID, *, actor: User, now: datetime, today: date) -> Submission | None:
    """Submit a kept file and let go of it; None when it was too large to be kept. Raises as ``submit`` does."""
    held = _held(held_id, actor, now)
    content = vault.open_sealed(held.key, bytes(held.sealed), _place(held.id)) if held.key and held.sealed else None
    _let_go([held], now)
    if content is None:
        return None
    return services.submit(
        held.agency, held.item.code, held.filename, io.BytesIO(content), actor=actor, now=now, today=today
    )


def revert(mapping_id: UUID, *, actor: User, now: datetime, today: date) -> ColumnMapping:
    """Put an earlier version in force again, as a new version; raises NoSuchMapping, MappingIncomplete."""
    earlier = _mapping(mapping_id, actor)
    layout = lawbook.layout(earlier.layout, today)
    _check(earlier.mapping, layout)
    return _put_in_force(
        earlier.agency, earlier.item, layout.code, earlier.mapping, earlier.proposed, earlier.version, actor, now
    )


def withdraw(mapping_id: UUID, *, actor: User, now: datetime) -> ColumnMapping:
    """Take a mapping out of force, so that its headings are asked about again; doing it twice changes nothing."""
    found = _mapping(mapping_id, actor)
    with transaction.atomic():
        if _withdraw_standing(found.agency, found.item, found.signature, actor, now, only=found.id):
            _told("mapping.withdrawn", found, now)
    found.refresh_from_db()
    return found


def mappings_of(agency: Agency) -> list[ColumnMapping]:
    """Return every version of an agency's mappings, newest first."""
    found = ColumnMapping.objects.filter(agency=agency).select_related("item", "confirmed_by", "withdrawn_by")
    return list(found.order_by("-confirmed_at", "-version"))


def held_file(held_id: UUID, *, actor: User, now: datetime) -> HeldFile:
    """Return a kept file of the actor's agency; raises NoSuchMapping."""
    return _held(held_id, actor, now)


def forget_held(now: datetime) -> int:
    """Destroy what was kept longer than it may be and return how many files that were."""
    over = list(HeldFile.objects.filter(held_until__lte=now).select_related("key"))
    _let_go(over, now)
    return len(over)


def _propose(agency: Agency, item: ItemVersion, upload: Upload, today: date) -> Proposed:
    found, contents = proposals(read_table(upload), item, today, agency)
    return Proposed(item, lawbook.layout(item.layout, today), found, contents)


def _stored(column: Proposal, look: Contents) -> dict[str, Any]:
    shape = {"shape_zh": look.zh, "shape_en": look.en, "filled": look.filled, "rows": look.rows}
    told = {"field": column.field, "certainty": column.certainty.value, "zh": column.zh, "en": column.en}
    return {"heading": column.heading, **told, **shape}


def _check(chosen: Mapping[str, str], layout: Layout) -> None:
    """Raise MappingIncomplete unless every required field is there once, in its own unit."""
    for heading, code in chosen.items():
        if code and code not in layout.codes:
            raise MappingIncomplete(
                f"“{shown(heading)}”：没有字段 {code[:40]}。请从列表中选择。",
                f"“{shown(heading)}”: there is no field {code[:40]}. Choose one from the list.",
            )
        if code and columns.unit_differs(heading, layout.get(code)):
            raise MappingIncomplete(
                f"“{shown(heading)}”的单位不是万元，不能作为“{layout.get(code).zh}”。请先换算成万元，再改列名。",
                f"“{shown(heading)}” is not in 10000 yuan and cannot be “{layout.get(code).en}”. Convert it first.",
            )
    _check_whole(chosen, layout)


def _check_whole(chosen: Mapping[str, str], layout: Layout) -> None:
    codes = [code for code in chosen.values() if code]
    twice = [c for c in dict.fromkeys(codes) if codes.count(c) > 1 and not columns.joinable(layout, c)]
    if twice:
        names = "、".join(layout.get(code).zh for code in twice), ", ".join(layout.get(code).en for code in twice)
        raise MappingIncomplete(f"几列选了同一字段：{names[0]}。", f"Several columns stand for one field: {names[1]}.")
    absent = layout.absent(codes)
    if absent:
        names = "、".join(layout.get(code).zh for code in absent), ", ".join(layout.get(code).en for code in absent)
        raise MappingIncomplete(
            f"还缺必填字段：{names[0]}。请为它们选择列，或在文件中补上。",
            f"Required fields are still missing: {names[1]}. Choose columns for them or add them to the file.",
        )


def _put_in_force(
    agency: Agency, item: Item, layout: str, mapping: dict[str, str], proposed: list[Any],
    restores: int | None, actor: User, now: datetime,
) -> ColumnMapping:  # fmt: skip
    check_may_submit(agency, actor)
    sign = confirmed.signature(mapping)
    with transaction.atomic():
        Agency.objects.select_for_update().get(pk=agency.pk)
        _withdraw_standing(agency, item, sign, actor, now)
        same = ColumnMapping.objects.filter(agency=agency, item=item, signature=sign)
        fresh = ColumnMapping(
            agency=agency, item=item, layout=layout, signature=sign, headings=list(mapping), mapping=mapping,
            proposed=proposed, version=(same.aggregate(last=Max("version"))["last"] or 0) + 1, restores=restores,
            confirmed_by=actor, confirmed_at=now,
        )  # fmt: skip
        fresh.save(force_insert=True)
        _told("mapping.confirmed", fresh, now)
    return fresh


def _withdraw_standing(
    agency: Agency, item: Item, sign: str, actor: User, now: datetime, only: UUID | None = None
) -> int:
    standing = ColumnMapping.objects.filter(agency=agency, item=item, signature=sign, withdrawn_at=None)
    standing = standing.filter(id=only) if only else standing
    return standing.update(withdrawn_at=now, withdrawn_by=actor)


def _told(kind: str, mapping: ColumnMapping, now: datetime) -> None:
    public = {"agency": mapping.agency.uscc, "item": mapping.item.code, "version": mapping.version}
    payload = {"mapping": mapping.id, "signature": mapping.signature, "columns": mapping.mapping}
    ledger.append(kind, payload, now=now, public=public)


def _mapping(mapping_id: UUID, actor: User) -> ColumnMapping:
    found = ColumnMapping.objects.select_related("agency", "item").filter(id=mapping_id).first()
    if found is None or found.agency_id != actor.agency_id:
        raise _no_such()
    check_may_submit(found.agency, actor)
    return found


def _held(held_id: UUID, actor: User, now: datetime) -> HeldFile:
    found = HeldFile.objects.select_related("agency", "item", "key").filter(id=held_id, held_until__gt=now).first()
    if found is None or found.agency_id != actor.agency_id:
        raise _no_such()
    check_may_submit(found.agency, actor)
    return found


def _no_such() -> NoSuchMapping:
    return NoSuchMapping(
        "没有这个列对应，或者文件保留的时间已过。请重新发送文件。",
        "There is no such mapping, or the file was kept long enough. Send the file again.",
    )


def _let_go(files: Sequence[HeldFile], now: datetime) -> None:
    """Destroy keys first, so that nothing can be read even from a copy of the database."""
    vault.destroy_many([file.key for file in files if file.key], now)
    HeldFile.objects.filter(id__in=[file.id for file in files]).delete()


def _place(held_id: UUID) -> Place:
    return Place("intake_heldfile", "sealed", str(held_id))
