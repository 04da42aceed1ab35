"""The table of tools: schemas that don't change, and parsers that coerce nothing."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from kimi_lsp.edits.errors import BadArguments
from kimi_lsp.edits.tools import READING, TOOLS, Tool, schemas, tool

NAMES = [one.name for one in TOOLS]


def properties(name: str) -> dict[str, Any]:
    (schema,) = schemas([name])
    return dict(schema["function"]["parameters"]["properties"])


def test_the_table() -> None:
    assert NAMES[:6] == ["edit", "replace_symbol", "insert", "create_file", "rename_file", "delete_file"]
    assert NAMES[6:] == ["read", "outline", "find", "problems"]
    assert set(NAMES[6:]) == READING


@pytest.mark.parametrize(
    ("name", "arguments", "required"),
    [
        ("edit", ["path", "old_string", "new_string", "replace_all"], ["path", "old_string", "new_string"]),
        ("replace_symbol", ["path", "symbol", "new_source"], ["path", "symbol", "new_source"]),
        ("insert", ["path", "symbol", "where", "text"], ["path", "where", "text"]),
        ("create_file", ["path", "content"], ["path", "content"]),
        ("rename_file", ["path", "new_path"], ["path", "new_path"]),
        ("delete_file", ["path"], ["path"]),
        ("read", ["path", "symbol", "start_line", "end_line"], ["path"]),
        ("outline", ["path"], []),
        ("find", ["name", "text", "glob"], []),
        ("problems", ["path"], ["path"]),
    ],
)
def test_arguments_in_order(name: str, arguments: list[str], required: list[str]) -> None:
    (schema,) = schemas([name])
    assert list(properties(name)) == arguments
    assert schema["function"]["parameters"]["required"] == required
    assert schema["function"]["parameters"]["additionalProperties"] is False
    assert schema["type"] == "function"
    assert schema["function"]["name"] == name


@pytest.mark.parametrize("name", NAMES)
def test_every_property_has_a_type_and_says_what_it_is(name: str) -> None:
    for described in properties(name).values():
        assert described["type"] in ("string", "integer", "boolean")
        assert described["description"].endswith(".")
    (schema,) = schemas([name])
    assert schema["function"]["description"].endswith(".")


def test_types() -> None:
    assert properties("edit")["replace_all"]["type"] == "boolean"
    assert properties("read")["start_line"]["type"] == "integer"
    assert properties("insert")["where"]["enum"] == ["before", "after", "start", "end"]


def test_the_bytes_are_the_same_whatever_the_order_of_the_names() -> None:
    once, again = (json.dumps(schemas(names)) for names in (NAMES, list(reversed(NAMES))))
    assert once == again
    assert [one["function"]["name"] for one in schemas({"read", "edit"})] == ["edit", "read"]


def test_a_change_of_the_prompt_prefix_is_meant() -> None:
    """Prose and schemas are cached by the provider: whoever changes them changes this, too, and knows it."""
    assert hashlib.sha256(json.dumps(schemas(NAMES)).encode()).hexdigest()[:16] == PREFIX


PREFIX = "728cc0672d63faa6"


def test_an_unknown_name_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError, match="no such tool: a, b"):
        schemas(["edit", "b", "a"])


def test_only_what_is_offered_can_be_called() -> None:
    assert tool("read", ["read", "edit"]).name == "read"
    for name in ("insert", "rm"):
        with pytest.raises(BadArguments, match=rf"There is no tool `{name}`; there are: edit, read\."):
            tool(name, ["read", "edit"])


EDIT = {"path": "a", "old_string": "", "new_string": ""}
INSERT = {"path": "a", "text": ""}


def parse(name: str, arguments: dict[str, Any]) -> Any:
    return tool(name, NAMES).parse(arguments)


def test_defaults_and_null() -> None:
    sent = {"path": "a", "old_string": "b", "new_string": "", "replace_all": None}
    parsed = parse("edit", sent)
    assert (parsed.path, parsed.old_string, parsed.new_string, parsed.replace_all) == ("a", "b", "", False)
    read = parse("read", {"path": "a", "symbol": None, "start_line": 3})
    assert (read.symbol, read.start_line, read.end_line) == ("", 3, None)
    assert parse("insert", {"path": "a", "where": "end", "text": "b"}).symbol == ""
    assert parse("find", {}).name == ""


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        pytest.param(
            "edit", {}, "edit needs the argument `path`; it has: path, old_string, new_string", id="none"
        ),
        pytest.param(
            "edit", {"path": "a", "old_string": ""}, "needs the argument `new_string`;", id="one-missing"
        ),
        pytest.param(
            "delete_file", {"path": "a", "x": 1}, "has no argument `x`; it has: path.", id="unknown"
        ),
        pytest.param(
            "delete_file", {"path": 1}, "delete_file: `path` must be of type string, not integer.", id="int"
        ),
        pytest.param("delete_file", {"path": None}, "`path` must be of type string, not null.", id="null"),
        pytest.param("delete_file", {"path": ["a"]}, "`path` must be of type string, not array.", id="array"),
        pytest.param(
            "read", {"path": "a", "end_line": "3"}, "must be of type integer, not string.", id="digits"
        ),
        pytest.param(
            "read", {"path": "a", "end_line": 3.0}, "must be of type integer, not number.", id="float"
        ),
        pytest.param(
            "read", {"path": "a", "end_line": True}, "must be of type integer, not boolean.", id="boolean"
        ),
        pytest.param(
            "edit", {**EDIT, "replace_all": "true"}, "must be of type boolean, not string.", id="word"
        ),
        pytest.param(
            "insert", {**INSERT, "where": "below"}, "must be one of before, after, start, end.", id="choice"
        ),
    ],
)
def test_wrong_arguments_are_named(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BadArguments) as refusal:
        parse(name, arguments)
    assert message in str(refusal.value)


def test_a_tool_is_a_value() -> None:
    assert isinstance(TOOLS[0], Tool)
    assert TOOLS[0].edits
    assert not TOOLS[-1].edits
