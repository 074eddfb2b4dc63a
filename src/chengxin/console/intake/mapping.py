"""列对应: what the columns of an agency's files stand for, proposed with reasons, confirmed by a person, reversible."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.console.intake import filling, rehearsals, shown
from chengxin.console.intake.entry import enter
from chengxin.console.intake.forms import MappingForm
from chengxin.intake import mappings
from chengxin.rules.errors import Refusal
from chengxin.rules.layouts import Must
from chengxin.ui import clock

# What a select holds until a person has chosen: neither a field nor “not read”.
UNDECIDED = "?"
NOT_READ = "-"
MATCH_COLUMNS = "columns.mapping"


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """List the agency's mappings with their versions, and take a file whose columns are to be matched."""
    user: Any = request.user
    enter(user, Permission.SUBMIT_RECORDS)
    form = MappingForm(request.POST or None, request.FILES or None, today=clock.today())
    if request.method == "POST" and form.is_valid():
        file, item = form.cleaned_data["file"], form.cleaned_data["item"]
        try:
            return held(request, item, file)
        except Refusal as refusal:
            form.add_error("file", refusal.in_language(get_language() or ""))
    versions = [_version(each) for each in mappings.mappings_of(user.agency)]
    return render(request, "console/intake/mappings.html", {"form": form, "versions": versions})


def led(request: HttpRequest, item_code: str, file: Any, refusal: Refusal) -> HttpResponse | None:
    """Lead a refused file to the page where its columns are matched; None for any other refusal or kind of file."""
    if refusal.code != MATCH_COLUMNS:
        return None
    try:
        page = held(request, item_code, file)
    except Refusal:
        return None
    messages.warning(request, refusal.in_language(get_language() or ""))
    return page


def held(request: HttpRequest, item_code: str, file: Any) -> HttpResponse:
    """Keep a file until its columns are matched and lead to the page where that is done; raises Refusal."""
    user: Any = request.user
    file.seek(0)
    kept = mappings.hold(user.agency, item_code, file.name, file, actor=user, now=clock.now(), today=clock.today())
    return redirect("console:intake:mapping_file", held_id=kept.id)


@login_required
def one_file(request: HttpRequest, held_id: UUID) -> HttpResponse:
    """Show heading by heading what is proposed and why; a POST confirms what was chosen."""
    user: Any = request.user
    enter(user, Permission.SUBMIT_RECORDS)
    try:
        kept = mappings.held_file(held_id, actor=user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.in_language(get_language() or ""))
        return redirect("console:intake:mapping")
    chosen = [request.POST.get(f"column_{at}", each["field"] or _stance(each)) for at, each in enumerate(kept.proposal)]
    gaps = filling.lines(kept, chosen, request.POST)
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        errors = [*_undecided(kept.proposal, chosen), *filling.undecided(gaps)]
        if not errors:
            try:
                return _confirmed(request, kept, chosen, filling.chosen(gaps))
            except Refusal as refusal:
                errors = [{"text": refusal.in_language(get_language() or ""), "href": "#columns"}]
    return render(request, "console/intake/mapping.html", _page(kept, chosen, gaps, errors))


def _confirmed(request: HttpRequest, kept: Any, chosen: list[str], supplied: dict[str, str]) -> HttpResponse:
    """Confirm, then try or send the kept file if that was asked for; its refusal is told and leaves the mapping."""
    user: Any = request.user
    fields = ["" if choice == NOT_READ else choice for choice in chosen]
    mappings.confirm_held(kept.id, fields, supplied=supplied, actor=user, now=clock.now(), today=clock.today())
    messages.success(request, _("列对应已确认，以后相同表头自动识别。"))
    then = request.POST.get("then")
    if then == "keep":
        return redirect("console:intake:mapping")
    return redirect("console:intake:mapping_rehearsal", held_id=kept.id) if then == "try" else _sent(request, kept.id)


@login_required
def rehearsal(request: HttpRequest, held_id: UUID) -> HttpResponse:
    """Show what would become of a kept file whose columns are confirmed; a POST files it."""
    user: Any = request.user
    enter(user, Permission.SUBMIT_RECORDS)
    if request.method == "POST":
        return _sent(request, held_id)
    try:
        found = mappings.rehearse_held(held_id, actor=user, now=clock.now(), today=clock.today())
    except Refusal as refusal:
        messages.error(request, refusal.in_language(get_language() or ""))
        return redirect("console:intake:home")
    if found is None:
        return _too_large(request)
    return rehearsals.page(request, found.submission, found.told, found.how, kept=held_id)


def _sent(request: HttpRequest, held_id: UUID) -> HttpResponse:
    user: Any = request.user
    try:
        submission = mappings.send_held(held_id, actor=user, now=clock.now(), today=clock.today())
    except Refusal as refusal:
        messages.error(request, refusal.in_language(get_language() or ""))
        return redirect("console:intake:home")
    if submission is None:
        return _too_large(request)
    return redirect("console:intake:result", submission_id=submission.id)


def _too_large(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("文件较大，没有随列对应留存。请在“信息归集”报送已传完的上传，或重新发送同一文件。"))
    return redirect("console:intake:home")


@login_required
@require_POST
def change(request: HttpRequest, mapping_id: UUID) -> HttpResponse:
    """Go back to a version, or take it out of force."""
    user: Any = request.user
    enter(user, Permission.SUBMIT_RECORDS)
    try:
        if request.POST.get("action") == "withdraw":
            mappings.withdraw(mapping_id, actor=user, now=clock.now())
            messages.success(request, _("已停用；再收到这种表头时会重新询问。"))
        else:
            fresh = mappings.revert(mapping_id, actor=user, now=clock.now(), today=clock.today())
            messages.success(
                request,
                _("已恢复第 %(old)s 版，现为第 %(new)s 版。") % {"old": fresh.restores, "new": fresh.version},
            )
    except Refusal as refusal:
        messages.error(request, refusal.in_language(get_language() or ""))
    return redirect("console:intake:mapping")


def _stance(proposed: dict[str, Any]) -> str:
    return NOT_READ if proposed["certainty"] in ("passed", "empty", "confirmed") else UNDECIDED


def _undecided(proposal: list[dict[str, Any]], chosen: list[str]) -> list[dict[str, str]]:
    return [
        {"text": _("请为“%(heading)s”选择字段或“不读取”。") % {"heading": each["heading"]}, "href": f"#id_column_{at}"}
        for at, (each, choice) in enumerate(zip(proposal, chosen, strict=True))
        if choice == UNDECIDED
    ]


def _page(kept: Any, chosen: list[str], gaps: list[dict[str, Any]], errors: list[dict[str, str]]) -> dict[str, Any]:
    today = clock.today()
    version = catalogue.version_in_force(kept.item.code, today)
    layout = lawbook.layout(version.layout, today)
    english = shown.english()
    fields = [{"value": one.code, "text": _field_text(one, english)} for one in layout.fields]
    lines = [_line(at, each, chosen[at], fields, english) for at, each in enumerate(kept.proposal)]
    offered = {gap["field"] for gap in gaps}
    absent = [layout.get(code) for code in layout.absent(chosen) if code not in offered]
    return {
        "kept": kept,
        "item_name": version.name_en if english else version.name_zh,
        "lines": lines,
        "columns": [{"text": text} for text in (_("列名"), _("对应字段"), _("理由"), _("内容的样子"))],
        "gaps": gaps,
        "gap_columns": [{"text": text} for text in (_("字段"), _("由什么补上"), _("理由"))],
        "missing": [one.en if english else one.zh for one in absent],
        "errors": errors,
        "counts": Counter(each["certainty"] for each in kept.proposal),
        "can_send": kept.sealed is not None,
    }


def _field_text(one: Any, english: bool) -> str:
    must = _("（必填）") if one.must is Must.ALWAYS else ""
    return f"{one.en if english else one.zh}{must} {one.code}"


def _line(at: int, each: dict[str, Any], choice: str, fields: list[dict[str, str]], english: bool) -> dict[str, Any]:
    open_ones = [{"value": UNDECIDED, "text": _("请选择…")}, {"value": NOT_READ, "text": _("不读取这一列")}]
    options = [*open_ones, *fields]
    heading = each["heading"] or _("（无列名）")
    return {
        "name": f"column_{at}",
        "heading": heading,
        "label": _("“%(heading)s”对应") % {"heading": heading},
        "options": [option | {"selected": option["value"] == choice} for option in options],
        "reason": each["en"] if english else each["zh"],
        "asked": each["certainty"] in ("likely", "open"),
        "shape": each["shape_en"] if english else each["shape_zh"],
    }


def _version(each: Any) -> dict[str, Any]:
    read = {heading: code for heading, code in each.mapping.items() if code}
    return {
        "id": each.id,
        "item": each.item.code,
        "version": each.version,
        "restores": each.restores,
        "columns": len(each.mapping),
        "pairs": [f"{heading} → {code}" for heading, code in read.items()],
        "filled": filling.words(each),
        "left_out": [heading for heading, code in each.mapping.items() if not code],
        "when": each.confirmed_at,
        "by": each.confirmed_by.display_name,
        "in_force": each.withdrawn_at is None,
        "href": reverse("console:intake:mapping_change", args=[each.id]),
    }
