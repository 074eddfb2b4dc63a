"""The queue of matches that only a person may judge, the answers given, and taking an answer back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chengxin.accounts.roles import Permission
from chengxin.console.enquiry.forms import KINDS
from chengxin.console.intake import shown
from chengxin.console.intake.entry import enter
from chengxin.console.intake.record_forms import NoteForm
from chengxin.intake import answers_undone, questions, selectors
from chengxin.intake.questions import Answer, Reply
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

PER_PAGE = 50
_REPLIES = (
    (Reply.RENAMED, lazy("是同一主体，已改用报送的名称：入库，并记下新名称")),
    (Reply.FORMER, lazy("是同一主体，报送的是曾用名：入库，并记下曾用名")),
    (Reply.MISWRITTEN, lazy("是同一主体，名称写法有误：入库，不记名称")),
    (Reply.OTHER, lazy("不是同一主体：退回报送单位，档案不受影响")),
)
_OF_KIND = (
    (Reply.MISWRITTEN, lazy("是同一主体，报送的类别有误：入库，以后同样的类别不再提问")),
    (Reply.OTHER, lazy("不是同一主体：退回报送单位，档案不受影响")),
)


class AnswerForm(forms.Form):
    """What was found, since when the name was borne, and why."""

    reply = forms.ChoiceField(label=lazy("判定"), choices=_REPLIES, widget=forms.RadioSelect)
    since = forms.DateField(
        label=lazy("该名称自何日起使用"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=lazy("记下名称时必填，以登记机关的文书为准。以后用这一名称报送的，不再提问。"),
    )
    reason = forms.CharField(
        label=lazy("判定理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        help_text=lazy("写明看了什么材料。理由封存保管，与判定一并留存。"),
    )

    def answer(self) -> Answer:
        """Return what was filled in; only after the form was found valid."""
        given = self.cleaned_data
        return Answer(Reply(given["reply"]), given["reason"], given.get("since"))


class KindAnswerForm(AnswerForm):
    """The same where the names agree and only the kinds do not: there is no name to write down."""

    since = None  # type: ignore[assignment]  # How Django takes a field out of a form.
    reply = forms.ChoiceField(label=lazy("判定"), choices=_OF_KIND, widget=forms.RadioSelect)


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """List the open questions, oldest first, and the answers given; names are shown only when a question is opened."""
    user: Any = request.user
    enter(user, Permission.MATCH_SUBJECT)
    page = Paginator(selectors.open_questions(user), PER_PAGE).get_page(request.GET.get("page"))
    given = Paginator(selectors.answered_questions(user), PER_PAGE).get_page(request.GET.get("answers"))
    columns = [{"text": text} for text in (_("提出日期"), _("疑问"), _("信源单位"), _("目录项"))]
    answered = [{"text": text} for text in (_("判定日期"), _("判定"), _("判定人"), _("信源单位"), _("状态"))]
    return render(
        request,
        "console/intake/questions.html",
        {
            "page": page,
            "columns": columns,
            "rows": [_row(q) for q in page],
            "given": given,
            "given_columns": answered,
            "given_rows": [_given(q) for q in given],
        },
    )


def _row(question: Any) -> list[Any]:
    submission = question.row.submission
    link = {
        "text": selectors.reason_name(question.reason, "en" if shown.english() else "zh"),
        "href": reverse("console:intake:question", args=[question.pk]),
        "note": _("第 %(row)s 行") % {"row": question.row.row_no},
    }
    item = submission.item.name_en if shown.english() else submission.item.name_zh
    return [question.asked_at.date(), link, _agency(submission), item]


def _given(question: Any) -> list[Any]:
    """Return one line of the history: an answer that still stands leads to taking it back."""
    link: dict[str, Any] = {
        "text": _("是同一主体") if question.same_subject else _("不是同一主体"),
        "note": _("第 %(row)s 行") % {"row": question.row.row_no},
        "href": reverse("console:intake:question_answer", args=[question.pk]),
    }
    state = {"tone": "accepted", "text": _("有效")}
    if question.undone_at:
        state = {"tone": "refused", "text": _("已撤销")}
    elif question.follows_id:
        state = {"tone": "neutral", "text": _("随同判定")}
    return [
        question.answered_at.date(),
        link,
        question.answered_by.get_username(),
        _agency(question.row.submission),
        state,
    ]


def _agency(submission: Any) -> str:
    return str(submission.agency.name_en if shown.english() else submission.agency.name_zh)


@login_required
def question(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show both sides of one question; a POST answers it."""
    user: Any = request.user
    enter(user, Permission.MATCH_SUBJECT)
    if not selectors.is_judged_by(question_id, user):
        raise Http404
    kind = selectors.is_about_kind(question_id)
    form = (KindAnswerForm if kind else AnswerForm)(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            return _answered(request, question_id, form.answer())
    except questions.AnswerIncomplete as refusal:
        form.add_error("reason" if kind else "since", _said(refusal))
    except Refusal as refusal:
        return _refused(request, refusal)
    try:
        evidence = questions.look_at(question_id, actor=user, now=clock.now())
    except Refusal as refusal:
        return _refused(request, refusal)
    kinds = [KINDS[each] for each in (evidence.declared_kind, evidence.kind)]
    context = {"evidence": evidence, "person": evidence.kind == "person", "form": form, "kinds": kinds}
    return render(request, "console/intake/question.html", context)


def _answered(request: HttpRequest, question_id: int, answer: Answer) -> HttpResponse:
    user: Any = request.user
    questions.answer_question(question_id, answer, actor=user, now=clock.now(), today=clock.today())
    said = _("已判定为同一主体，该行已处理。") if answer.reply.same else _("已判定不是同一主体。")
    messages.success(request, said)
    return redirect("console:intake:questions")


@login_required
def answer(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show one answer with its reason; a POST takes it back."""
    user: Any = request.user
    enter(user, Permission.MATCH_SUBJECT)
    found = selectors.answered_questions(user).filter(pk=question_id).first()
    if found is None:
        raise Http404
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = answers_undone.take_back(question_id, form.cleaned_data["note"], actor=user, now=clock.now())
        except Refusal as refusal:
            return _refused(request, refusal)
        count = len(asked)
        text = ngettext("判定已撤销，%(count)d 行重新判定。", "判定已撤销，%(count)d 行重新判定。", count)
        messages.success(request, text % {"count": count})
        return redirect("console:intake:questions")
    context = {
        "question": found,
        "form": form,
        "reason": questions.reason_of(found),
        "undoing": questions.reason_of_undoing(found),
        "standing": found.undone_at is None and found.follows_id is None,
    }
    return render(request, "console/intake/question_answer.html", context)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    messages.error(request, _said(refusal))
    return redirect("console:intake:questions")


def _said(refusal: Refusal) -> str:
    return str(refusal.in_language(get_language() or ""))
