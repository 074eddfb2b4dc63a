"""C27: an identity number typed as any argument or option of any command comes back in no message, log or leaf."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from tests import factories
from tests.visited import world_for_a_module

from chengxin.cli.main import main
from chengxin.ledger.models import Entry

pytestmark = pytest.mark.django_db
world = world_for_a_module
CANARY = "320199199003070016"
# What makes or serves an installation of its own, or goes on until it is stopped; their options are days and numbers.
UNENDING = {"sample", "demo", "serve", "sandbox", "work"}


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command there is with the words it is called by."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif name not in UNENDING:
            yield (*path, name), command


def calls(command: click.Command) -> Iterator[list[str]]:
    """Yield words for a command: everything is the number, then one thing is and the rest is as it should be."""
    takes = [each for each in command.params if not getattr(each, "is_flag", False)]
    yield [word for each in takes for word in _given(each, CANARY)]
    for planted in takes:
        yield [w for each in takes if each is planted or each.required
               for w in _given(each, CANARY if each is planted else _proper(each))]  # fmt: skip


def _given(parameter: click.Parameter, value: str) -> list[str]:
    return [value] if isinstance(parameter, click.Argument) else [parameter.opts[0], value]


def _proper(parameter: click.Parameter) -> str:
    if parameter.name in ("actor", "user", "as_"):
        return "clerk"
    if isinstance(parameter.type, click.Choice):
        return str(parameter.type.choices[0])
    proper = {"uuid": "00000000-0000-4000-8000-000000000000", "integer": "1", "datetime": "2026-11-20"}
    proper |= {"integer range": "1", "file": __file__, "directory": "/", "path": __file__}
    return proper.get(parameter.type.name, "x")


@pytest.mark.parametrize(
    ("words", "command"), list(commands(main)), ids=lambda each: " ".join(each) if isinstance(each, tuple) else ""
)
def test_no_command_tells_the_number(words, command, world, settings, tmp_path, monkeypatch):
    settings.VAR = tmp_path / "var"  # What a command writes to files is not taken back with the transaction.
    monkeypatch.chdir(tmp_path)
    written, before = io.StringIO(), Entry.objects.count()
    handler = logging.StreamHandler(written)
    logging.getLogger("chengxin").addHandler(handler)
    try:
        for given in calls(command):
            told = CliRunner().invoke(main, [*words, *given], input=f"{CANARY}\n{CANARY}\n")
            assert told.exception is None or isinstance(told.exception, SystemExit), (given, told.exception)
            assert CANARY not in told.output.replace(f"{CANARY}\n", "", 2), (given, told.output)
    finally:
        logging.getLogger("chengxin").removeHandler(handler)
    assert CANARY not in written.getvalue()
    bodies = Entry.objects.order_by("pk").values_list("body", flat=True)[before:]
    assert not [body for body in bodies if CANARY.encode() in bytes(body)]


def test_the_number_is_masked_and_not_the_message():
    told = CliRunner().invoke(main, ["outreach", "--today", CANARY])
    assert told.exit_code == 2 and "--today" in told.output and "3***************16" in told.output


def test_a_command_that_does_not_exist_is_not_repeated_either():
    assert factories.CITIZEN not in CliRunner().invoke(main, [factories.CITIZEN]).output
