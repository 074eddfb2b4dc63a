"""The jobs of a day: each knows by itself whether it is still due.

So a round may come at any moment, any number of times, and a job that was stopped is simply due again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its name, whether it is due, and how it is done; ``do`` says how far it has come and returns a count."""

    name: str
    due: Callable[[datetime, date], bool]
    do: Callable[[datetime, date, Say], int]


def jobs() -> tuple[Job, ...]:
    """Return the jobs in the order of a day: first what the day changes, then the figures of what it changed."""
    from chengxin.catalogue import changes
    from chengxin.disclosure import daily_reads
    from chengxin.intake.quality import counting, reminders
    from chengxin.rights import daily_figures, outreach

    def tell(now: datetime, today: date, say: Say) -> int:
        def progress(done: int, total: int) -> None:
            say(f"outreach {done}/{total}")

        tally = outreach.run(now=now, today=today, progress=progress)
        return tally.invited + tally.ended + tally.applied

    def rights(now: datetime, today: date, _say: Say) -> int:
        daily_figures.make(now=now, today=today)
        return 1

    def reads(now: datetime, today: date, _say: Say) -> int:
        daily_reads.make(now=now, today=today)
        return 1

    return (
        Job("catalogue", lambda _now, _today: True, lambda now, today, _say: changes.start_due(now, today)),
        Job("told", lambda _now, today: outreach.missing(today), tell),
        *_telling(),
        Job("figures", lambda _now, today: daily_figures.missing(today), rights),
        Job("counted", lambda _now, today: counting.missing(today), lambda now, _today, _say: counting.count(now)),
        Job(
            "limits",
            lambda _now, today: bool(reminders.due(today)),
            lambda now, today, _say: reminders.run(now=now, today=today),
        ),
        Job("reads", lambda _now, today: daily_reads.missing(today), reads),
        *_publishing(),
        *_monitoring(),
        *_forgetting(),
    )


def _telling() -> tuple[Job, ...]:
    """Return the jobs that tell people of what is due or near."""
    from chengxin.disclosure import authorisation_ends, chasing
    from chengxin.disclosure.screening import services as screening

    return (
        Job(
            "chased",
            lambda now, today: bool(chasing.due(now, today)),
            lambda now, today, _say: chasing.run(now=now, today=today),
        ),
        Job(
            "reminded",
            lambda _now, today: screening.overdue(today),
            lambda now, today, _say: screening.remind(now, today),
        ),
        Job(
            "authorisations",
            lambda _now, today: authorisation_ends.due(today),
            lambda now, today, _say: authorisation_ends.run(now=now, today=today),
        ),
    )


def _publishing() -> tuple[Job, ...]:
    """Return the jobs that count what is published."""
    from chengxin.disclosure import public_figures

    def published(now: datetime, today: date, _say: Say) -> int:
        public_figures.make(now=now, today=today)
        return 1

    return (Job("published", lambda _now, today: public_figures.missing(today), published),)


def _monitoring() -> tuple[Job, ...]:
    """Return the jobs that look over what the others did."""
    from chengxin.disclosure import retention
    from chengxin.monitoring import figures, judging, probing, showing

    def reviews(now: datetime, today: date, _say: Say) -> int:
        figures.make(now=now, today=today)
        return 1

    return (
        Job(
            "misuse",
            lambda _now, today: bool(judging.due(today)),
            lambda now, today, say: judging.run(now=now, today=today, say=say),
        ),
        Job(
            "to delete",
            lambda _now, today: bool(retention.due(today)),
            lambda now, today, _say: retention.run(now=now, today=today),
        ),
        Job(
            "probed",
            lambda _now, today: bool(probing.due(today)),
            lambda now, today, _say: probing.run(now=now, today=today),
        ),
        Job(
            "still shown",
            lambda _now, today: bool(showing.to_remind(today)),
            lambda now, today, _say: showing.remind(now=now, today=today),
        ),
        Job("reviews", lambda _now, today: figures.missing(today), reviews),
    )


def _forgetting() -> tuple[Job, ...]:
    """Return the jobs that forget what need not be kept any longer, and the last: the database looks at the rest."""
    from chengxin.disclosure import report
    from chengxin.disclosure.orders import orders
    from chengxin.storage import planning

    return (
        Job(
            "reports",
            lambda _now, today: report.forgettable(today),
            lambda _now, today, _say: report.forget(today),
        ),
        Job(
            "orders",
            lambda _now, today: orders.forgettable(today),
            lambda _now, today, _say: orders.forget(today),
        ),
        Job("looked again", lambda _now, _today: True, lambda _now, _today, _say: planning.look_again()),
    )


def round_of_day(say: Say, seen: set[tuple[str, date]]) -> dict[str, int]:
    """Do what is due of the day's jobs and return what each of them did.

    ``seen`` is this process's memory of what it need not ask the database about again today.
    """
    from chengxin.catalogue import freshness
    from chengxin.ui import clock

    freshness.refresh()
    done: dict[str, int] = {}
    for job in jobs():
        now, today = clock.now(), clock.today()
        if (job.name, today) in seen:
            continue
        if job.due(now, today):
            say(f"{job.name} …")
            done[job.name] = job.do(now, today, say)
        seen.add((job.name, today))
    return done
