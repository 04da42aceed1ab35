"""Real edits of real models, where the data is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import corpus

DATA = Path(__file__).parents[3] / "shared" / "data" / "edits" / "aider_history.jsonl"


@pytest.mark.skipif(not DATA.exists(), reason="the corpus lies beside the repository, and is not here")
def test_the_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    assert corpus.main([str(DATA)]) == 0, capsys.readouterr().out
    assert "79 of 79 cases reproduce their commit byte for byte" in capsys.readouterr().out


def case(**changes: Any) -> dict[str, Any]:
    return {
        "id": "one",
        "path": "a.txt",
        "before": "a\nb\nc\n",
        "after": "a\nx\nc\n",
        "edits": [{"old_string": "b\n", "new_string": "x\n"}],
        "classes": ["exact"],
        "reproduces_commit": True,
        **changes,
    }


def run(tmp_path: Path, *cases: dict[str, Any]) -> int:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in cases) + "\n", encoding="utf-8")
    return corpus.main([str(path)])


GONE = {"before": "q\n", "after": "q\n"}
FREE = {"reproduces_commit": False}
BROKEN = {"path": "a.py", "edits": [{"old_string": "b\n", "new_string": "b = = 1\n"}]}
EMPTY = {"edits": [{"old_string": "", "new_string": "b"}], "after": "a\nb\nc\n"}


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        pytest.param({}, 0, "1 of 1 cases reproduce", id="as-wanted"),
        pytest.param(
            {"after": "other\n"}, 1, "one a.txt: does not reproduce the commit", id="another-commit"
        ),
        pytest.param(
            {"classes": ["nomatch"], "after": "z\n", **FREE}, 1, "(nomatch): applied", id="misplaced"
        ),
        pytest.param({"classes": ["nomatch"], **FREE}, 0, "1 of 1 edits", id="nomatch-as-the-commit"),
        pytest.param({"classes": ["nomatch"], **GONE}, 0, "NotFound", id="nomatch-refused"),
        pytest.param(GONE, 1, "(exact): NotFound", id="exact-not-found"),
        pytest.param({"classes": ["whitespace"], **GONE}, 1, "(whitespace): NotFound", id="whitespace"),
        pytest.param({"before": "b\nb\n", "after": "b\nb\n"}, 0, "Ambiguous", id="ambiguous-is-no-fault"),
        pytest.param(BROKEN, 1, "SyntaxBroken", id="guard"),
        pytest.param({"classes": ["empty-search"], **EMPTY}, 0, "empty-search", id="empty-search"),
    ],
)
def test_what_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], status: int, said: str
) -> None:
    assert run(tmp_path, case(**changes)) == status
    assert said in capsys.readouterr().out


def test_it_wants_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert corpus.main([]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "text", "after", "same"),
    [
        pytest.param("a\nb\nc\nd\n", "a\nx\nc\nd\n", "a\nx\nc\nz\n", True, id="beside-another-change"),
        pytest.param("a\nb\nc\nd\n", "a\nx\nc\nd\n", "z\nx\nc\nd\n", False, id="other-line-above"),
        pytest.param("a\nb\nc\nd\n", "a\nx\nc\nd\n", "a\nb\nc\nd\n", False, id="not-there"),
        pytest.param("a\nb", "a\nx", "y\na\nx", True, id="last-line"),
    ],
)
def test_as_the_commit(before: str, text: str, after: str, same: bool) -> None:
    assert corpus.is_as_commit(before, text, after) is same
