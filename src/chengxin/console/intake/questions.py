"""The queue of matches that only a person may judge."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengxin.accounts.roles import Permission
from chengxin.console.intake import shown
from chengxin.console.intake.entry import enter
from chengxin.intake import questions, selectors
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

PER_PAGE = 50


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """List the open questions, oldest first; names are shown only when a question is opened."""
    enter(request.user, Permission.MATCH_SUBJECT)
    page = Paginator(selectors.open_questions(), PER_PAGE).get_page(request.GET.get("page"))
    columns = [{"text": text} for text in (_("提出日期"), _("疑问"), _("信源单位"), _("目录项"))]
    return render(
        request, "console/intake/questions.html", {"page": page, "columns": columns, "rows": [_row(q) for q in page]}
    )


def _row(question: Any) -> list[Any]:
    submission = question.row.submission
    english = shown.english()
    link = {
        "text": _("号码与名称不一致"),
        "href": reverse("console:intake:question", args=[question.pk]),
        "note": _("第 %(row)s 行") % {"row": question.row.row_no},
    }
    agency = submission.agency.name_en if english else submission.agency.name_zh
    item = submission.item.name_en if english else submission.item.name_zh
    return [question.asked_at.date(), link, agency, item]


@login_required
def question(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show both sides of one question; a POST answers it."""
    user: Any = request.user
    enter(user, Permission.MATCH_SUBJECT)
    try:
        if request.method == "POST":
            return _answered(request, question_id)
        evidence = questions.look_at(question_id, actor=user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.in_language(get_language() or ""))
        return redirect("console:intake:questions")
    context = {"evidence": evidence, "person": evidence.kind == "person", **_consequences()}
    return render(request, "console/intake/question.html", context)


def _consequences() -> dict[str, list[str]]:
    """Return what follows from either answer, said before it is given."""
    return {
        "same": [_("这一行关联到已有档案并入库。"), _("关联依据记为“人工判定”，当事人会收到通知并可提出异议。")],
        "other": [_("这一行退回报送单位，附判定结果。"), _("已有档案不受任何影响。")],
    }


def _answered(request: HttpRequest, question_id: int) -> HttpResponse:
    answer = request.POST.get("answer", "")
    if answer not in ("same", "other"):
        messages.error(request, _("请选择“是同一主体”或“不是同一主体”。"))
        return redirect("console:intake:question", question_id=question_id)
    user: Any = request.user
    questions.answer_question(
        question_id, same_subject=answer == "same", actor=user, now=clock.now(), today=clock.today()
    )
    said = _("已判定为同一主体，该行已处理。") if answer == "same" else _("已判定不是同一主体，该行已退回报送单位。")
    messages.success(request, said)
    return redirect("console:intake:questions")
