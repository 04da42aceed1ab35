"""The tools that the model is offered: for each its prose, its schema and its parser, from one table.

Prose and schemas are a part of the prompt's constant beginning (kimi.md, Prompt caching): to change a byte of them is
to empty the provider's cache. Properties come path first, so that a streamed call names its file early.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from kimi_lsp.edits.errors import BadArguments

Path = Annotated[str, Meta(description="File, relative to the workspace root, as in `src/lock.py`.")]
Symbol = Annotated[
    str,
    Meta(
        description="Path of a definition as in `Lock.acquire`; the last name is enough where it is unique."
    ),
]


class Arguments(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of a call. A property with a default may be left out, or be null."""


class EditArguments(Arguments, frozen=True, kw_only=True):
    """Of ``edit``."""

    path: Path
    old_string: Annotated[
        str,
        Meta(
            description="The text to replace, copied exactly from the file, indentation included: whole lines, "
            "enough of them to occur only once. Empty only for an empty file."
        ),
    ]
    new_string: Annotated[
        str, Meta(description="The text to put in its place, complete, indented as in the file.")
    ]
    replace_all: Annotated[bool, Meta(description="Replace every occurrence in the file.")] = False


class ReplaceSymbolArguments(Arguments, frozen=True, kw_only=True):
    """Of ``replace_symbol``."""

    path: Path
    symbol: Symbol
    new_source: Annotated[
        str,
        Meta(
            description="The whole new definition, with its decorators and everything inside it. "
            "A comment above the definition stays unless new_source begins with one."
        ),
    ]


class InsertArguments(Arguments, frozen=True, kw_only=True):
    """Of ``insert``."""

    path: Path
    symbol: Annotated[
        str,
        Meta(
            description="Path of the definition beside or inside which the text goes; leave out for the file."
        ),
    ] = ""
    where: Annotated[
        Literal["before", "after", "start", "end"],
        Meta(
            description="`before` or `after` the definition; at the `start` or `end` inside it, or of the file."
        ),
    ]
    text: Annotated[str, Meta(description="The text to insert: whole lines.")]


class CreateFileArguments(Arguments, frozen=True, kw_only=True):
    """Of ``create_file``."""

    path: Path
    content: Annotated[str, Meta(description="The whole text of the new file.")]


class RenameFileArguments(Arguments, frozen=True, kw_only=True):
    """Of ``rename_file``."""

    path: Path
    new_path: Annotated[str, Meta(description="Its new name, relative to the workspace root.")]


class DeleteFileArguments(Arguments, frozen=True, kw_only=True):
    """Of ``delete_file``."""

    path: Path


class ReadArguments(Arguments, frozen=True, kw_only=True):
    """Of ``read``."""

    path: Path
    symbol: Annotated[str, Meta(description="Only this definition, as in `Lock.acquire`.")] = ""
    start_line: Annotated[int | None, Meta(description="First line, counted from 1.")] = None
    end_line: Annotated[int | None, Meta(description="Last line.")] = None


class OutlineArguments(Arguments, frozen=True, kw_only=True):
    """Of ``outline``."""

    path: Annotated[
        str, Meta(description="File, or a folder for its files; leave out for the whole workspace.")
    ] = ""


class FindArguments(Arguments, frozen=True, kw_only=True):
    """Of ``find``."""

    name: Annotated[str, Meta(description="An identifier: where it is defined and referred to.")] = ""
    text: Annotated[str, Meta(description="Any text on one line, instead of a name: where it occurs.")] = ""
    glob: Annotated[str, Meta(description="Only files that match, as in `*.py` or `src/*.ts`.")] = ""


class ProblemsArguments(Arguments, frozen=True, kw_only=True):
    """Of ``problems``."""

    path: Path


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. ``edits`` tells whether it changes anything."""

    name: str
    arguments: type[Arguments]
    prose: str
    edits: bool = True

    def schema(self) -> dict[str, Any]:
        """As the chat completions API wants it; every property has a type (kimi.md, Requests)."""
        function = {"name": self.name, "description": self.prose, "parameters": _parameters(self.arguments)}
        return {"type": "function", "function": function}

    def parse(self, arguments: Mapping[str, Any]) -> Arguments:
        """The arguments of a call, checked without coercion.

        Raises:
            BadArguments: says which one is wrong and what would be accepted.
        """
        fields = {field.name: field for field in msgspec.structs.fields(self.arguments)}
        known = ", ".join(fields)
        if unknown := [name for name in arguments if name not in fields]:
            raise BadArguments(f"{self.name} has no argument `{unknown[0]}`; it has: {known}.")
        if missing := [name for name, field in fields.items() if field.required and name not in arguments]:
            raise BadArguments(f"{self.name} needs the argument `{missing[0]}`; it has: {known}.")
        given = {
            name: value for name, value in arguments.items() if value is not None or fields[name].required
        }
        try:
            return msgspec.convert(given, self.arguments)
        except msgspec.ValidationError as error:
            raise BadArguments(f"{self.name}: {self._refusal(str(error))}.") from error

    def _refusal(self, message: str) -> str:
        """A message of msgspec (``Expected `str`, got `int` - at `$.path```) in our words."""
        reason, _, where = message.partition(" - at `$.")
        name = where.rstrip("`")
        accepted = self.schema()["function"]["parameters"]["properties"].get(name, {})
        if "enum" in accepted:
            return f"`{name}` must be one of {', '.join(accepted['enum'])}"
        got = reason.rpartition("got ")[2].strip("`")
        return f"`{name}` must be of type {accepted.get('type', 'object')}, not {_JSON_NAMES.get(got, got)}"


TOOLS = (
    Tool(
        "edit",
        EditArguments,
        "Replace one passage of a file. old_string must occur exactly once: quote whole lines as they stand, and a "
        "few around them if need be. Several edits of one turn are made in order; if one is refused, none of that "
        "file is made. Never leave code out with a remark: what new_string does not hold is deleted.",
    ),
    Tool(
        "replace_symbol",
        ReplaceSymbolArguments,
        "Replace a whole function, method or class, found by its name. Prefer it to `edit` when most of a definition "
        "changes: nothing needs to be quoted. The indentation is adapted.",
    ),
    Tool(
        "insert",
        InsertArguments,
        "Put new lines before, after or inside a definition, or at the start or end of a file. Indentation and blank "
        "lines are adapted.",
    ),
    Tool("create_file", CreateFileArguments, "Create a file that does not exist yet."),
    Tool(
        "rename_file",
        RenameFileArguments,
        "Give a file another name or folder. What refers to it is not changed.",
    ),
    Tool("delete_file", DeleteFileArguments, "Delete a file."),
    Tool(
        "read",
        ReadArguments,
        "Show source: a definition, a range of lines, or a whole file, with your own edits of this job in it.",
        edits=False,
    ),
    Tool(
        "outline",
        OutlineArguments,
        "List the definitions of a file with their lines, or the files of a folder with theirs.",
        edits=False,
    ),
    Tool(
        "find",
        FindArguments,
        "Search the workspace for a name (definitions first, then references) or for a text.",
        edits=False,
    ),
    Tool("problems", ProblemsArguments, "List what compilers and linters report for a file.", edits=False),
)
"""In the order in which the model sees them."""

READING = frozenset(tool.name for tool in TOOLS if not tool.edits)
"""The names of the tools that change nothing."""

_BY_NAME = {tool.name: tool for tool in TOOLS}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the model made it: ``arguments`` parsed as JSON, not yet checked."""

    id: str
    name: str
    arguments: Mapping[str, Any]


def schemas(names: Collection[str]) -> tuple[dict[str, Any], ...]:
    """The schemas of the tools with these names, the same bytes in the same order every time.

    Raises:
        KeyError: there is no tool of that name.
    """
    unknown = set(names) - set(_BY_NAME)
    if unknown:
        raise KeyError(f"no such tool: {', '.join(sorted(unknown))}")
    return tuple(tool.schema() for tool in TOOLS if tool.name in names)


def tool(name: str, allowed: Collection[str]) -> Tool:
    """The tool called ``name``, if it is one of ``allowed``.

    Raises:
        BadArguments: it is not.
    """
    if name not in allowed or name not in _BY_NAME:
        offered = ", ".join(tool.name for tool in TOOLS if tool.name in allowed)
        raise BadArguments(f"There is no tool `{name}`; there are: {offered}.")
    return _BY_NAME[name]


_JSON_NAMES = {"str": "string", "int": "integer", "bool": "boolean", "float": "number"}
_JSON_TYPES = {str: "string", int: "integer", bool: "boolean"}


@cache
def _parameters(arguments: type[Arguments]) -> Mapping[str, Any]:
    kinds = get_type_hints(arguments, include_extras=True)
    fields = msgspec.structs.fields(arguments)
    return {
        "type": "object",
        "properties": {field.name: _property(kinds[field.name]) for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _property(kind: Any) -> dict[str, Any]:
    kind, meta = get_args(kind)
    description = {"description": meta.description}
    if get_origin(kind) is Literal:
        return {"type": "string", "enum": list(get_args(kind)), **description}
    if get_origin(kind) is not None or not isinstance(kind, type):
        kind = next(part for part in get_args(kind) if part is not type(None))
    return {"type": _JSON_TYPES[kind], **description}
