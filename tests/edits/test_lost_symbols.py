"""Definitions that vanish: unseen, quoted, moved, named."""

from __future__ import annotations

import pytest

from kimi_lsp.edits.errors import LostSymbol
from kimi_lsp.edits.lost_symbols import Step, check_lost_symbols, mentions
from kimi_lsp.edits.trees import Trees
from kimi_lsp.text.span import Span

SOURCE = """\
class Lock:
    held = False

    def acquire(self):
        pass

    def release(self):
        pass


def main():
    pass
"""


def check(
    after: str, *quoted: str, named: tuple[str, ...] = (), request: str = "", text: str = SOURCE
) -> None:
    spans = tuple(Span(text.index(part), text.index(part) + len(part)) for part in quoted)
    check_lost_symbols(
        "a.py", [Step(text, spans, named)], after, Trees(), lambda name: mentions(request, name)
    )


def without(part: str) -> str:
    assert part in SOURCE
    return SOURCE.replace(part, "")


RELEASE = "\n    def release(self):\n        pass\n"


@pytest.mark.parametrize(
    ("after", "quoted", "lost"),
    [
        pytest.param(without(RELEASE), [], "`Lock.release`", id="nothing-quoted"),
        pytest.param(
            without(RELEASE), ["acquire(self):\n        pass\n"], "`Lock.release`", id="another-quoted"
        ),
        pytest.param(
            without(RELEASE), ["(self):\n        pass\n\n\ndef"], "`Lock.release`", id="only-its-body-quoted"
        ),
        pytest.param("", [], "`Lock`, `Lock.acquire`, `main`, `Lock.release`", id="all"),
        pytest.param("class Lock:\n    pass\n", ["def main():"], "`Lock.acquire`, `Lock.release`", id="some"),
    ],
)
def test_lost(after: str, quoted: list[str], lost: str) -> None:
    with pytest.raises(LostSymbol) as refusal:
        check(after, *quoted)
    assert str(refusal.value).startswith(f"{lost} would no longer be defined")
    assert str(refusal.value).endswith("(guard: lost-symbol)")


@pytest.mark.parametrize(
    ("after", "quoted"),
    [
        pytest.param(without(RELEASE), [RELEASE], id="quoted-and-left-out"),
        pytest.param(SOURCE.replace("release", "free"), ["def release(self):"], id="renamed"),
        pytest.param(without(RELEASE) + "\n\ndef release(self):\n    pass\n", [], id="moved"),
        pytest.param(without("    held = False\n\n"), [], id="a-field"),
        pytest.param(SOURCE + "\n\ndef more():\n    pass\n", [], id="one-more"),
        pytest.param("", [SOURCE], id="all-quoted"),
    ],
)
def test_not_lost(after: str, quoted: list[str]) -> None:
    check(after, *quoted)


def test_two_of_one_name_are_counted() -> None:
    text = SOURCE.replace("acquire", "release")
    check(text.replace(RELEASE, "", 1), RELEASE, text=text)
    with pytest.raises(LostSymbol):
        check("class Lock:\n    pass\n\n\ndef main():\n    pass\n", RELEASE, text=text)


def test_what_the_call_or_the_request_names_may_go() -> None:
    check(without(RELEASE), named=("release",))
    check(without(RELEASE), request="please remove `release`")
    with pytest.raises(LostSymbol):
        check(without(RELEASE), request="prerelease, release_all, releases")


def test_a_definition_that_an_earlier_step_brought_may_go() -> None:
    with_more = SOURCE + "\n\ndef more():\n    pass\n"
    steps = [Step(SOURCE), Step(with_more)]
    check_lost_symbols("a.py", steps, SOURCE, Trees(), lambda name: False)


def test_every_step_excuses_what_it_quotes() -> None:
    middle = without(RELEASE)
    at = middle.index("def main():")
    steps = [
        Step(SOURCE, (Span(SOURCE.index(RELEASE), SOURCE.index(RELEASE) + len(RELEASE)),)),
        Step(middle, (Span(at, len(middle)),)),
    ]
    check_lost_symbols("a.py", steps, middle[:at], Trees(), lambda name: False)
