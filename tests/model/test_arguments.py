from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.model.arguments import StringFields
from tests.model.objects import OBJECTS


def fields(raw: str, cuts: list[int]) -> dict[str, str]:
    """The string fields as the progress view sees them, in pieces."""
    scanner = StringFields()
    found: dict[str, str] = {}
    for begin, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        for name, text in scanner.push(raw[begin:end]):
            assert text
            found[name] = found.get(name, "") + text
    return found


@settings(deadline=None, max_examples=300)
@given(value=OBJECTS, ascii=st.booleans(), indent=st.sampled_from([None, 2]), random=st.data())
def test_any_fragments_give_the_string_fields(
    value: dict[str, Any], ascii: bool, indent: int | None, random: st.DataObject
) -> None:
    raw = json.dumps(value, ensure_ascii=ascii, indent=indent)
    cuts = sorted(random.draw(st.lists(st.integers(0, len(raw)), max_size=20)))
    assert fields(raw, cuts) == {k: v for k, v in value.items() if isinstance(v, str) and v}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(r'{"a": "\ud83d\ude00"}', {"a": "\U0001f600"}, id="pair"),
        pytest.param(r'{"a": "\ud83dx"}', {"a": "\ufffdx"}, id="lone-high"),
        pytest.param(r'{"a": "\ud83d\n"}', {"a": "\ufffd\n"}, id="high-then-escape"),
        pytest.param(r'{"a": "\ud83d\u0041"}', {"a": "\ufffdA"}, id="high-then-other"),
        pytest.param(r'{"a": "\ude00"}', {"a": "\ufffd"}, id="lone-low"),
        pytest.param(r'{"a": "\x"}', {"a": "x"}, id="no-such-escape"),
        pytest.param(r'{"a": "\u00zz"}', {"a": "\ufffd00zz"}, id="no-hexadecimal"),
        pytest.param('{"a": "x\ny"}', {"a": "x\ny"}, id="raw-newline"),
        pytest.param('{"a": "x', {"a": "x"}, id="unfinished"),
        pytest.param('{"b": {"a": "x\\"}"}, "a": "y"}', {"a": "y"}, id="nested-is-skipped"),
        pytest.param('{"b": [1, {"a": "]"}], "a": "y"} {"a": "z"}', {"a": "y"}, id="after-the-end"),
        pytest.param('"{}"', {}, id="no-object"),
        pytest.param("null", {}, id="null"),
    ],
)
def test_fields_whatever_comes(raw: str, expected: dict[str, str]) -> None:
    assert fields(raw, []) == expected
    assert fields(raw, list(range(1, len(raw)))) == expected


def test_complete_is_the_closing_brace() -> None:
    scanner = StringFields()
    scanner.push('{"a": {"b": "}"}')
    assert not scanner.complete
    scanner.push("}")
    assert scanner.complete


def milliseconds(size: int) -> float:
    code = "def f(x):\n    return 'x' + \"y\"\n"
    raw = json.dumps({"path": "a.py", "old_string": code * (size // 60), "new_string": code * size})[:size]
    fragments = [raw[at : at + 4] for at in range(0, size, 4)]
    best = float("inf")
    for _ in range(5):
        scanner, begun = StringFields(), time.process_time()
        for fragment in fragments:
            scanner.push(fragment)
        best = min(best, time.process_time() - begun)
    return best * 1000


def test_time_is_linear() -> None:
    assert milliseconds(131_072) < 2.8 * milliseconds(65_536)
