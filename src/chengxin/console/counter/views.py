"""The counter: find the file of somebody present, show it masked, file for them, print the acknowledgement."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.console.counter import pages
from chengxin.console.counter.forms import KINDS, ActForm, CounterObjectionForm, CounterRestorationForm, PersonForm
from chengxin.disclosure import assisted
from chengxin.rights import counter, restoration
from chengxin.rights import selectors as rights
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

View = Callable[..., HttpResponse]
RNG = secrets.SystemRandom()


def counter_page(view: View) -> View:
    """Let only counter officers in, keep nothing in a cache, and show the sentence of a refusal as a page."""

    @wraps(view)
    def guarded(request: HttpRequest, **ids: Any) -> HttpResponse:
        user: Any = request.user
        try:
            check_may(user, Permission.ASSIST_AT_COUNTER)
            return view(request, **ids)
        except Refusal as refusal:
            sentence = refusal.in_language(get_language() or "")
            return render(request, "console/counter/refused.html", {"sentence": sentence}, status=403)

    return login_required(never_cache(guarded))


def _english() -> bool:
    return (get_language() or "").startswith("en")


@sensitive_post_parameters("number", "name")
@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def start(request: HttpRequest) -> HttpResponse:
    """Ask for certificate, name and consent; numbers come by POST only and are never shown again."""
    form = PersonForm(_english(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("console:counter:visit", visit_id=_opened(request, form))
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
    context = {"form": form, "consent": counter.consent_text()}
    return render(request, "console/counter/start.html", context, status=422 if form.errors else 200)


def _opened(request: HttpRequest, form: PersonForm) -> UUID:
    officer: Any = request.user
    given, now = form.cleaned_data, clock.now()
    kind = next(each for each in KINDS if each.value == given["kind"])
    subject = assisted.find(kind, given["number"], given["name"], officer=officer, now=now)
    there = counter.open_visit(
        subject, consent_version=counter.CONSENT_VERSION, officer=officer, now=now, today=clock.today()
    )
    return there.pk


def _there(request: HttpRequest, visit_id: UUID) -> Any:
    user: Any = request.user
    return counter.visit(visit_id, user, clock.now())


@require_safe
@counter_page
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show what is held about the person, masked; the person's own log says that the officer looked."""
    there = _there(request, visit_id)
    seen = assisted.look(there.subject_ref, there.number, officer=there.officer, now=clock.now(), today=clock.today())
    context = pages.visit(there, seen, counter.open_matters(there), counter.cases_to_act_on(there), _english())
    return render(request, "console/counter/visit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def objection(request: HttpRequest, visit_id: UUID, record_id: UUID) -> HttpResponse:
    """Take down an objection."""
    there = _there(request, visit_id)
    form = CounterObjectionForm(request.POST or None, request.FILES or None)

    def file() -> counter.Filed:
        return counter.object_to(there, record_id, now=clock.now(), today=clock.today(), rng=RNG, **form.cleaned_data)

    return _taken_down(request, there, record_id, form, file, "objection")


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def restore(request: HttpRequest, visit_id: UUID, record_id: UUID) -> HttpResponse:
    """Take down an application for restoration."""
    there = _there(request, visit_id)
    form = CounterRestorationForm(request.POST or None)

    def file() -> counter.Filed:
        return counter.apply_for(
            there, record_id, _papers(form.cleaned_data), now=clock.now(), today=clock.today(), rng=RNG
        )

    return _taken_down(request, there, record_id, form, file, "restoration")


def _papers(given: dict[str, Any]) -> restoration.Application:
    return restoration.Application(
        commitment_version=restoration.COMMITMENT_VERSION,
        commitment_made=given["truthful"] and given["commitment"],
        duty_text=given["duty_text"],
        duty_performed_on=given["duty_performed_on"],
    )


def _taken_down(
    request: HttpRequest, there: Any, record_id: UUID, form: Any, file: Callable[[], counter.Filed], kind: str
) -> HttpResponse:
    """Show the form, or file and answer with the acknowledgement itself: a code shown once cannot be fetched again."""
    record = counter.check_record(there, record_id)
    if request.method == "POST" and form.is_valid():
        try:
            return _acknowledged(request, there, file())
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
    context = {"form": form, "there": there, "item": record.item.name_en if _english() else record.item.name_zh}
    if kind == "restoration":
        context |= {
            "commitment": restoration.commitment_text(),
            "notice": rights.repair_notice(record_id, clock.today()),
        }
    status = 422 if form.errors else 200
    return render(request, f"console/counter/{kind}.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def act(request: HttpRequest, visit_id: UUID, case_id: UUID, act: str) -> HttpResponse:
    """Take a step on a case for its applicant, who stands here and said so, and print what was done."""
    there = _there(request, visit_id)
    case = counter.check_act(there, case_id, act)
    form = ActForm(counter.fields_of(case, act), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        fields = {name: str(value) for name, value in form.cleaned_data.items() if name != "present"}
        present = form.cleaned_data["present"]
        try:
            done = counter.act_for(
                there, case_id, act, fields, present=present, now=clock.now(), today=clock.today(), rng=RNG
            )
            return _acknowledged(request, there, done)
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
    context = {"form": form, "there": there, "case": case, "what": pages.ACTS[act]}
    return render(request, "console/counter/act.html", context, status=422 if form.errors else 200)


@require_POST
@counter_page
def print_again(request: HttpRequest, visit_id: UUID, case_id: UUID) -> HttpResponse:
    """Print the acknowledgement of an open case again, with a new code."""
    there = _there(request, visit_id)
    return _acknowledged(request, there, counter.print_again(there, case_id, now=clock.now(), rng=RNG))


def _acknowledged(request: HttpRequest, there: Any, filed: counter.Filed) -> HttpResponse:
    context = pages.acknowledgement(there, filed, clock.today(), _english())
    return render(request, "console/counter/acknowledgement.html", context)
