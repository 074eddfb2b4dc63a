"""The verifier of portable reports: one short file of the standard library, and what its command says."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest
from tests import portable_tokens as tokens
from tests.portable_tokens import AUDIENCE, ISSUER, LIST_URI, NONCE, NOW
from verifier import chengxin_portable

from chengxin.vault.sdjwt import issuing, jose, statuslist

SOURCE = Path(chengxin_portable.__file__).read_text(encoding="utf-8")


def test_it_is_one_short_file_of_the_standard_library():
    assert len(SOURCE.splitlines()) < 300
    imported = {
        name
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported <= set(sys.stdlib_module_names)


@pytest.fixture
def files(tmp_path):
    """Files as they are handed over: presentation, keys, list."""
    made = {
        "report": tokens.shown(tokens.issued()),
        "keys": json.dumps({"keys": [{**jose.public_jwk(ISSUER.public_key()), "kid": "k"}]}),
    }
    for value in (0, 1, 2, 3):
        made[f"list{value}"] = statuslist.make(
            {5: value}, 64, ISSUER, kid="k", uri=LIST_URI, now=NOW - 600, ttl=60, until=NOW + 600
        )
    for name, text in made.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(capsys, files, *more):
    given = [str(files / "report"), "--keys", str(files / "keys"), "--now", str(NOW), *more]
    return chengxin_portable.main(given), capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "code", "said"), [(0, 0, "有效"), (1, 3, "已撤回"), (3, 3, "已被取代"), (2, 3, "未知")]
)
def test_each_status_is_said_with_the_age_of_the_list(capsys, files, value, code, said):
    found = run(capsys, files, "--status", str(files / f"list{value}"), "--audience", AUDIENCE, "--nonce", NONCE)
    assert found[0] == code and said in found[1] and "10 分钟前" in found[1] and "沈清和" in found[1]


def test_without_a_list_the_status_is_unknown(capsys, files):
    code, said = run(capsys, files)
    assert code == 3 and "没有给状态清单" in said


def test_what_is_not_sound_is_said_and_shows_nothing(capsys, files):
    assert run(capsys, files, "--audience", "别人")[0] == 1
    (files / "report").write_text(issuing.present(tokens.issued().token, ()))
    code, said = run(capsys, files)
    assert code == 1 and "不通过" in said and "沈清和" not in said
    assert run(capsys, files, "--unbound")[0] == 3
    (files / "keys").write_text("[]")
    assert run(capsys, files)[0] == 1
