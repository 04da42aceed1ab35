"""Shapes in words, and answers that are read strictly."""

from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct

from kimi_lsp.model.errors import known_errors
from kimi_lsp.model.structured import BadAnswer, Unfit, correction, describe, parse


class Berth(Struct):
    name: Annotated[str, Meta(description="as painted on the pier")]
    side: Literal["port", "starboard"]
    depth_m: float | None = None
    taken: bool = False


class Marina(Struct):
    berths: list[Berth]
    count: Annotated[int, Meta(ge=0)]


BERTH = '{"name": "A 1", "side": "port"}'
GOOD = f'{{"berths": [{BERTH}], "count": 1}}'


def test_a_shape_in_words() -> None:
    assert describe(Marina) == (
        "{\n"
        '  "berths": [{\n'
        '    "name": string,  // as painted on the pier\n'
        '    "side": "port" | "starboard",\n'
        '    "depth_m": number | null,  // may be left out\n'
        '    "taken": true | false,  // may be left out\n'
        "  }, ...],\n"
        '  "count": integer,\n'
        "}"
    )


def test_a_type_that_has_no_words_is_refused() -> None:
    class Odd(Struct):
        when: dict[str, int]

    with pytest.raises(TypeError, match="no words for DictType"):
        describe(Odd)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(GOOD, id="bare"),
        pytest.param(f"\n  {GOOD}\n", id="white-space"),
        pytest.param(f"```json\n{GOOD}\n```", id="fence"),
        pytest.param(f"```\n{GOOD}```\n", id="fence-that-ends-on-the-line"),
        pytest.param(f"````json\r\n{GOOD}\r\n````", id="long-fence"),
        pytest.param(GOOD[:-1] + ', "more": "```"}', id="fields-that-nobody-asked-for"),
    ],
)
def test_answers_that_fit(answer: str) -> None:
    assert parse(Marina, answer) == Marina([Berth("A 1", "port")], 1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param("", "truncated", id="nothing"),
        pytest.param("The marina is fine.", "malformed", id="prose"),
        pytest.param(f"Here it is:\n```json\n{GOOD}\n```", "malformed", id="prose-before-a-fence"),
        pytest.param(f"[{GOOD}]", "Expected `object`, got `array`", id="array"),
        pytest.param(GOOD + GOOD, "trailing characters", id="two-objects"),
        pytest.param(GOOD[:-1], "truncated", id="cut-off"),
        pytest.param(f"```json\n{GOOD}", "malformed", id="open-fence"),
        pytest.param('{"berths": []}', "missing required field `count`", id="missing"),
        pytest.param('{"berths": [], "count": "1"}', "Expected `int`, got `str`", id="no-coercion"),
        pytest.param('{"berths": [], "count": -1}', "Expected `int` >= 0", id="constraint"),
        pytest.param('{"berths": [{"name": "A", "side": "left"}], "count": 1}', "$.berths[0].side", id="literal"),
        pytest.param('{"berths": ' + "[" * 100_000, "Expected `object`", id="deep"),
        pytest.param('{"extra": ' + "[" * 100_000, "recursion", id="deep-where-nobody-looks"),
        pytest.param('{"berths": [], "count": 1' + "0" * 5000 + "}", "out of range", id="huge-number"),
        pytest.param('{"berths": [], "x": "\ud800"}', "not Unicode text", id="lone-surrogate"),
    ],
)  # fmt: skip
def test_answers_that_do_not(answer: str, why: str) -> None:
    with pytest.raises(Unfit) as caught:
        parse(Marina, answer)
    assert why in str(caught.value)
    assert len(str(caught.value)) <= 300
    assert str(caught.value) in correction(caught.value)


def test_the_error_is_one_sentence_that_helps() -> None:
    error = BadAnswer("Expected `object`,\ngot `array`")
    assert "(Expected `object`, got `array`): try again" in str(error)
    assert "\n" not in str(error)
    assert (error.retryable, known_errors()["bad-answer"]) == (False, BadAnswer)


@given(st.text(alphabet='`\n{}[]":,a1 ', max_size=60))
@settings(deadline=None, max_examples=200)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse(Marina, text)
    except Unfit:
        return
    assert isinstance(found, Marina)


@given(
    st.builds(
        Marina,
        berths=st.lists(
            st.builds(
                Berth,
                name=st.text(st.characters(exclude_categories=["Cs"])),
                side=st.sampled_from(["port", "starboard"]),
            )
        ),
        count=st.integers(0, 2**60),
    )
)
@settings(deadline=None, max_examples=100)
def test_what_is_written_is_read(marina: Marina) -> None:
    text = msgspec.json.encode(marina).decode()
    assert parse(Marina, text) == parse(Marina, f"```json\n{text}\n```") == marina
