"""列对应: an agency says once what the columns of its file stand for; versions are kept, and one can go back."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from chengxin.accounts.models import Agency, User
from chengxin.catalogue import lawbook
from chengxin.catalogue.models import Item, ItemVersion
from chengxin.catalogue.selectors import version_in_force
from chengxin.intake import confirmed, services
from chengxin.intake.checking import knows, proposals, refuse_prohibited, shown
from chengxin.intake.models import ColumnMapping, HeldFile, Submission
from chengxin.intake.policies import check_may_submit
from chengxin.intake.readers.limits import MIB
from chengxin.intake.readers.read import read_table
from chengxin.intake.readers.spool import Upload, spooled
from chengxin.intake.services import Rehearsal
from chengxin.ledger import services as ledger
from chengxin.rules import columns, supplies
from chengxin.rules.columns import Contents, Proposal, Proposals
from chengxin.rules.errors import Refusal
from chengxin.rules.layouts import Layout
from chengxin.rules.supplies import Gap
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
    def gaps(self) -> tuple[Gap, ...]:
        """What the file has no column for, and what is offered for it, as long as the proposals stand."""
        claimed = {column.field for column in self.columns.columns if column.field}
        return supplies.gaps(self.layout, claimed, self.headings)

    @property
    def headings(self) -> list[str]:
        """The headings in the order of the file."""
        return [column.heading for column in self.columns.columns]

    def stored(self) -> list[dict[str, Any]]:
        """Return the proposals with their reasons and shapes as plain data, without any content."""
        return [_stored(column, look) for column, look in zip(self.columns.columns, self.contents, strict=True)]


@dataclass(frozen=True, slots=True)
class Said:
    """What a person confirmed: columns, ways for missing ones, what had been proposed, and the version restored."""

    mapping: dict[str, str]
    supplied: dict[str, str]
    proposed: list[Any]
    restores: int | None = None


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
    supplied: Mapping[str, str] = MappingProxyType({}),
    actor: User,
    now: datetime,
    today: date,
) -> ColumnMapping:
    """Put a mapping (heading to field code, "" = not read) in force as a new version, with its leaf.

    ``supplied`` says by field code in which of the offered ways a column that the file does not have is filled.
    Raises NotPermitted, NoItemInForce, ProhibitedColumn, MappingIncomplete.
    """
    check_may_submit(agency, actor)
    item = version_in_force(item_code, today)
    refuse_prohibited(list(chosen), item)
    layout = lawbook.layout(item.layout, today)
    ways = _wanted(chosen, supplied, layout)
    _check(chosen, ways, layout)
    said = Said(dict(chosen), ways, list(proposed))
    return _put_in_force(agency, item.item, layout.code, said, actor, now)


def confirm_held(
    held_id: UUID,
    chosen: Sequence[str],
    *,
    supplied: Mapping[str, str] = MappingProxyType({}),
    actor: User,
    now: datetime,
    today: date,
) -> ColumnMapping:
    """Confirm the columns of a kept file in its order; raises NoSuchMapping and as ``confirm`` does."""
    held = _held(held_id, actor, now)
    headings = [each["heading"] for each in held.proposal]
    if len(chosen) != len(headings):
        raise MappingIncomplete("列数不符，请重新打开页面。", "The number of columns differs; open the page again.")
    pairs = dict(zip(headings, chosen, strict=True))
    place = (held.agency, held.item.code, pairs, held.proposal)
    return confirm(*place, supplied=supplied, actor=actor, now=now, today=today)


def send_held(held_id: UUID, *, actor: User, now: datetime, today: date) -> Submission | None:
    """Submit a kept file and let go of it; None when it was too large to be kept. Raises as ``submit`` does.

    Where nothing could be written down, the file stays, so that it can be sent once that is mended.
    """
    held = _held(held_id, actor, now)
    content = _content(held)
    told: dict[str, Any] = {"actor": actor, "now": now, "today": today}
    try:
        sent = content and services.submit(held.agency, held.item.code, held.filename, content, **told)
    except Refusal:
        _let_go([held], now)
        raise
    _let_go([held], now)
    return sent or None


def rehearse_held(held_id: UUID, *, actor: User, now: datetime, today: date) -> Rehearsal | None:
    """Say what would become of a kept file, which stays; None when it was too large. Raises as ``rehearse`` does."""
    held = _held(held_id, actor, now)
    content = _content(held)
    if content is None:
        return None
    return services.rehearse(held.agency, held.item.code, held.filename, content, actor=actor, now=now, today=today)


def layout_code(held: HeldFile, today: date) -> str:
    """Return the code of the layout in which a kept file is to be read."""
    return version_in_force(held.item.code, today).layout


def gaps_of(held: HeldFile, chosen: Collection[str], today: date) -> tuple[Gap, ...]:
    """Return what the file has no column for while these fields are claimed, and what is offered for it."""
    headings = [each["heading"] for each in held.proposal]
    return supplies.gaps(_layout(held, today), set(chosen), headings)


def supplied_before(held: HeldFile, today: date) -> Mapping[str, str]:
    """Return the ways that the agency confirmed for these headings and that are in force."""
    headings = [each["heading"] for each in held.proposal]
    read = confirmed.in_force(held.agency, held.item, headings, _layout(held, today))
    return read.supplied if read else {}


def revert(mapping_id: UUID, *, actor: User, now: datetime, today: date) -> ColumnMapping:
    """Put an earlier version in force again, as a new version; raises NoSuchMapping, MappingIncomplete."""
    earlier = _mapping(mapping_id, actor)
    layout = lawbook.layout(earlier.layout, today)
    _check(earlier.mapping, earlier.supplied, layout)
    said = Said(earlier.mapping, earlier.supplied, earlier.proposed, earlier.version)
    return _put_in_force(earlier.agency, earlier.item, layout.code, said, actor, now)


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
    found, contents = proposals(read_table(upload, knows(item, today)), item, today, agency)
    return Proposed(item, lawbook.layout(item.layout, today), found, contents)


def _stored(column: Proposal, look: Contents) -> dict[str, Any]:
    shape = {"shape_zh": look.zh, "shape_en": look.en, "filled": look.filled, "rows": look.rows}
    told = {"field": column.field, "certainty": column.certainty.value, "zh": column.zh, "en": column.en}
    return {"heading": column.heading, **told, **shape}


def _layout(held: HeldFile, today: date) -> Layout:
    return lawbook.layout(layout_code(held, today), today)


def _content(held: HeldFile) -> IO[bytes] | None:
    if held.key is None or held.sealed is None:
        return None
    return io.BytesIO(vault.open_sealed(held.key, bytes(held.sealed), _place(held.id)))


def _wanted(chosen: Mapping[str, str], supplied: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """Return the ways that are needed: a column goes before whatever could stand in for it."""
    claimed = set(filter(None, chosen.values()))
    known = {gap.field for gap in supplies.gaps(layout, claimed, list(chosen))}
    return {code: way for code, way in supplied.items() if way and (code in known or code not in claimed)}


def _check(chosen: Mapping[str, str], ways: Mapping[str, str], layout: Layout) -> None:
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
    _check_ways(chosen, ways, layout)
    _check_whole(chosen, ways, layout)


def _check_ways(chosen: Mapping[str, str], ways: Mapping[str, str], layout: Layout) -> None:
    """Raise MappingIncomplete for a way that is not offered, and where old codes need a word and there is none."""
    claimed = set(filter(None, chosen.values()))
    gaps = {gap.field: gap for gap in supplies.gaps(layout, claimed, list(chosen))}
    strange = [code for code, way in ways.items() if code not in gaps or gaps[code].offer(way) is None]
    if strange:
        raise MappingIncomplete(
            f"{'、'.join(code[:40] for code in strange)} 不能这样补上。请从列出的方式中选择。",
            f"{', '.join(code[:40] for code in strange)} cannot be filled so. Choose one of the ways that are listed.",
        )
    open_ones = [code for code, gap in gaps.items() if gap.must and code in claimed and code not in ways]
    if open_ones:
        names = "、".join(layout.get(c).zh for c in open_ones), ", ".join(layout.get(c).en for c in open_ones)
        raise MappingIncomplete(
            f"须说明按哪一年的代码读：{names[0]}。", f"Say by which codes this is to be read: {names[1]}."
        )


def _check_whole(chosen: Mapping[str, str], ways: Mapping[str, str], layout: Layout) -> None:
    codes = [code for code in chosen.values() if code]
    twice = [c for c in dict.fromkeys(codes) if codes.count(c) > 1 and not columns.joinable(layout, c)]
    if twice:
        names = "、".join(layout.get(code).zh for code in twice), ", ".join(layout.get(code).en for code in twice)
        raise MappingIncomplete(f"几列选了同一字段：{names[0]}。", f"Several columns stand for one field: {names[1]}.")
    absent = layout.absent([*codes, *supplies.filled(ways)])
    if absent:
        names = "、".join(layout.get(code).zh for code in absent), ", ".join(layout.get(code).en for code in absent)
        raise MappingIncomplete(
            f"还缺必填字段：{names[0]}。请为它们选择列或补法，或在文件中补上。",
            f"Required fields are still missing: {names[1]}. Choose columns or what stands in for them, or add them to "
            "the file.",
        )


def _put_in_force(agency: Agency, item: Item, layout: str, said: Said, actor: User, now: datetime) -> ColumnMapping:
    check_may_submit(agency, actor)
    sign = confirmed.signature(said.mapping)
    with transaction.atomic():
        Agency.objects.select_for_update().get(pk=agency.pk)
        _withdraw_standing(agency, item, sign, actor, now)
        same = ColumnMapping.objects.filter(agency=agency, item=item, signature=sign)
        fresh = ColumnMapping(
            agency=agency, item=item, layout=layout, signature=sign, headings=list(said.mapping), mapping=said.mapping,
            supplied=said.supplied, proposed=said.proposed, restores=said.restores,
            version=(same.aggregate(last=Max("version"))["last"] or 0) + 1, confirmed_by=actor, confirmed_at=now,
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
    payload |= {"supplied": mapping.supplied} if mapping.supplied else {}
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
