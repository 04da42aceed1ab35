from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.model.markers import (
    ARGUMENTS,
    CALL,
    CALL_END,
    MARKERS,
    SECTION,
    SECTION_END,
    MarkerFilter,
    bare_name,
)

OFFERED = frozenset({"edit", "read"})
CALL_A = f"{CALL}functions.edit:0{ARGUMENTS}{{}}{CALL_END}"


def seen(pieces: list[str]) -> tuple[str, list[tuple[str, str, bool]]]:
    """What is shown of the text, and (name, arguments, ended) of the calls in it."""
    leaks = MarkerFilter(OFFERED)
    shown = "".join(map(leaks.push, pieces)) + leaks.close()
    return shown, [(call.name, call.raw, call.ended) for call in leaks.calls]


@pytest.mark.parametrize(
    ("text", "shown", "calls"),
    [
        pytest.param("a < b <| c", "a < b <| c", [], id="no-marker"),
        pytest.param(f"a{CALL_END}b", "ab", [], id="a-marker-alone"),
        pytest.param("a<|im_end|>", "a", [], id="the-end-of-the-message"),
        pytest.param("a<|tool_call_", "a<|tool_call_", [], id="half-a-marker-at-the-end"),
        pytest.param(CALL_A, "", [("edit", "{}", True)], id="call"),
        pytest.param(
            f"a{SECTION}{CALL_A}{CALL_A}{SECTION_END}b", "ab", [("edit", "{}", True)] * 2, id="section"
        ),
        pytest.param(f"{CALL} edit {ARGUMENTS}{{}}{CALL_END}", "", [("edit", "{}", True)], id="bare-name"),
        pytest.param(
            f"{CALL}read{ARGUMENTS}{{}}{CALL}edit{ARGUMENTS}[]",
            "",
            [("read", "{}", True), ("edit", "[]", False)],
            id="no-ends",
        ),
        pytest.param(f"{CALL}rm:0{ARGUMENTS}{{}}{CALL_END}b", "b", [], id="not-offered"),
        pytest.param(f"{CALL} begins a call", " begins a call", [], id="prose-in-place-of-a-name"),
        pytest.param(f"{CALL}edit", "edit", [], id="a-name-alone"),
        pytest.param(CALL + " " * 500, " " * 500, [], id="no-name-for-long"),
        pytest.param(f"{CALL}edit{CALL_END}", "edit", [], id="no-arguments-marker"),
        pytest.param(f"{ARGUMENTS}{{}}", "{}", [], id="arguments-of-nothing"),
    ],
)
def test_text_without_markers(text: str, shown: str, calls: list[tuple[str, str, bool]]) -> None:
    assert seen([text]) == (shown, calls)
    assert seen(list(text)) == (shown, calls)


PIECES = st.sampled_from(
    [*MARKERS, "edit", "rm", "functions.edit:0", "{}", "<", "<|", "tool_call", " a b ", "|>"]
)


@settings(deadline=None, max_examples=200)
@given(pieces=st.lists(PIECES, max_size=12), random=st.data())
def test_any_pieces_of_the_same_text_are_the_same(pieces: list[str], random: st.DataObject) -> None:
    text = "".join(pieces)
    cuts = sorted(random.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    cut = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    shown, calls = seen([text])
    assert seen(cut) == (shown, calls)


@given(text=st.text(alphabet="<|tool_cal>", max_size=40))
def test_text_that_has_no_marker_is_shown_whole(text: str) -> None:
    assert seen(list(text)) == (text, [])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("edit", "edit"),
        ("functions.edit", "edit"),
        ("functions.edit:12", "edit"),
        ("edit:0", "edit"),
        ("functions.rm:0", "functions.rm:0"),
        ("", ""),
    ],
)
def test_bare_name(said: str, name: str) -> None:
    assert bare_name(said, OFFERED) == name
