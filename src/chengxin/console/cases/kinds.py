"""待核定处罚种类: penalties no rule can grade, settled by two officers who have read the decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.console.cases.desk import in_english, language, refused, signed_in
from chengxin.console.cases.queue import page_number
from chengxin.rights import kinds
from chengxin.rights.kinds import Opened
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import day

PER_PAGE = 50
WHY = {"unclear": gettext_lazy("处罚种类不明确"), "simple": gettext_lazy("可能适用简易程序")}
ANSWERS = {
    "kinds": gettext_lazy("按决定书核定处罚种类"),
    "as_simple": gettext_lazy("适用简易程序：不予公示，按轻微失信"),
    "stands": gettext_lazy("维持原样"),
}


class ProposalForm(forms.Form):
    """The answer, the kinds as the document says, and why."""

    answer = forms.ChoiceField(label=gettext_lazy("结论"), widget=forms.RadioSelect)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("决定书写明的处罚种类"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=2000,
        help_text=gettext_lazy("写明看了哪份决定书、哪一段。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any, opened: Opened) -> None:
        """Offer the answers open to this question and the kinds of its layout."""
        super().__init__(data)
        answers: Any = self.fields["answer"]
        answers.choices = [(code, ANSWERS[code]) for code in kinds.OPEN_ANSWERS[opened.question.why]]
        offered: Any = self.fields["kinds"]
        offered.choices = [(each, each) for each in kinds.choices(opened.version)]
        if opened.question.why != "unclear":
            del self.fields["kinds"]


@login_required
@never_cache
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List what waits, the longest waiting first."""
    why = request.GET.get("why", "")
    why = why if why in WHY else ""
    try:
        found = kinds.waiting(signed_in(request), why)
    except Refusal as refusal:
        return refused(request, refusal)
    page = Paginator(found, PER_PAGE).get_page(page_number(request))
    tabs = [("", _("全部")), *WHY.items()]
    context = {
        "page": page,
        "columns": [{"text": text} for text in (_("事项"), _("为什么"), _("入库日"), _("进度"))],
        "rows": [_row(each) for each in page],
        "tabs": [{"text": text, "href": f"?why={code}", "current": code == why} for code, text in tabs],
        "base": f"?why={why}&page=",
    }
    return render(request, "console/cases/kinds.html", context)


def _row(each: Any) -> list[Any]:
    item = each.record.item
    name = item.name_en if in_english() else item.name_zh
    link = {"text": name, "href": f"/console/cases/kinds/{each.pk}/"}
    return [link, WHY[each.why], day(each.asked_at), _("待决定") if each.proposed_by_id else _("待拟议")]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Show a record with how it was graded, and take the officer's step."""
    actor = signed_in(request)
    try:
        opened = kinds.read(record_id, actor=actor, now=clock.now())
    except Refusal as refusal:
        return refused(request, refusal)
    proposes = opened.proposed is None and can_may(actor, Permission.REVIEW_CASE)
    form = ProposalForm(request.POST or None, opened) if proposes else None
    error = _take(request, record_id, form) if request.method == "POST" else ""
    if request.method == "POST" and error is None:
        messages.success(request, _("已办理，并写入存证日志。"))
        return redirect("console:kinds")
    decides = opened.proposed is not None and can_may(actor, Permission.DECIDE_CASE)
    context = {**_shown(opened), "form": form, "decides": decides, "error": error}
    return render(request, "console/cases/kind.html", context, status=422 if request.method == "POST" else 200)


def _take(request: HttpRequest, record_id: UUID, form: ProposalForm | None) -> str | None:
    """Take the step and return None, or the sentence that says why it was not taken."""
    actor, now = signed_in(request), clock.now()
    try:
        if form is None:
            agree = request.POST.get("agree") == "yes"
            kinds.decide(record_id, agree=agree, actor=actor, now=now, today=clock.today())
        elif form.is_valid():
            told = form.cleaned_data
            kinds.propose(record_id, told["answer"], told.get("kinds", ()), told["reason"], actor=actor, now=now)
        else:
            return ""
    except Refusal as refusal:
        return refusal.in_language(language())
    return None


def _shown(opened: Opened) -> dict[str, Any]:
    english, item = in_english(), opened.version.record.item
    derivation = [step["en" if english else "zh"] for step in opened.version.derivation]
    proposed = opened.proposed
    return {
        "item": item.name_en if english else item.name_zh,
        "why": WHY[opened.question.why],
        "authority": opened.version.authority_name,
        "fields": [{"name": each.en if english else each.zh, "text": each.text} for each in opened.fields],
        "derivation": derivation,
        "proposed": proposed and {"answer": ANSWERS[proposed.answer], "kinds": proposed.kinds, "why": proposed.reason},
    }
