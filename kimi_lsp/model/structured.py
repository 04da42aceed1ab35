"""Answers in a shape: a Struct told in a prompt's words, and an answer that is read strictly.

JSON mode yields objects only, and does not know their shape: that has to stand in the prompt (kimi.md, Requests).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from kimi_lsp.model.errors import Broken, quoted

Shape = TypeVar("Shape", bound=msgspec.Struct)
_FENCE = "```"
_NAMES: dict[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.BoolType: "true | false",
    inspect.NoneType: "null",
}


class Unfit(ValueError):
    """An answer does not have the shape; ``str()`` says where, in words that the model can be sent."""


class BadAnswer(Broken):
    """The model's answer did not have the shape that was asked for, nor did its correction."""

    name = "bad-answer"
    retryable = False

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The model's answer could not be read, and neither could its correction ({quoted(why)}): "
            "try again, or ask about less code."
        )


def describe(kind: type[msgspec.Struct]) -> str:
    """The shape of ``kind`` as a prompt shows it: an object with a type, and a remark, for each field.

    A remark is the ``description`` of the field's ``Meta``. Knows structs that do not hold themselves, lists,
    literals, unions and plain values.

    Raises:
        TypeError: a field is of another type.
    """
    return _shape(inspect.type_info(kind), "")


def parse(kind: type[Shape], answer: str) -> Shape:
    """Read ``answer``, which may stand in one Markdown fence, strictly as ``kind``.

    Raises:
        Unfit: it is no JSON, or has another shape.
    """
    try:
        return msgspec.json.decode(_unfenced(answer), type=kind)
    except UnicodeEncodeError:
        raise Unfit("it holds characters that are not Unicode text") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unfit(quoted(str(error))) from error


def correction(error: Unfit) -> str:
    """What the model is told after an answer that did not fit."""
    return (
        f"Your answer cannot be used: {error}. "
        "Answer again with the whole JSON object in the shape that was asked for, and nothing else."
    )


def _unfenced(answer: str) -> str:
    text = answer.strip()
    first, newline, rest = text.partition("\n")
    if not newline or not first.startswith(_FENCE) or not rest.endswith(_FENCE):
        return text
    return rest.rstrip("`")


def _shape(info: inspect.Type, indent: str) -> str:
    match info:
        case inspect.Metadata(type=inner):
            return _shape(inner, indent)
        case inspect.StructType(fields=fields):
            return "\n".join(["{", *_fields(fields, f"{indent}  "), f"{indent}}}"])
        case inspect.ListType(item_type=item):
            return f"[{_shape(item, indent)}, ...]"
        case inspect.LiteralType(values=values):
            return " | ".join(json.dumps(value) for value in values)
        case inspect.UnionType(types=types):
            return " | ".join(_shape(one, indent) for one in types)
    if (name := _NAMES.get(type(info))) is None:
        raise TypeError(f"a prompt has no words for {type(info).__name__}")
    return name


def _fields(fields: tuple[inspect.Field, ...], indent: str) -> Iterator[str]:
    for field in fields:
        remarks = [*_description(field.type), *(() if field.required else ("may be left out",))]
        remark = f"  // {'; '.join(remarks)}" if remarks else ""
        yield f"{indent}{json.dumps(field.encode_name)}: {_shape(field.type, indent)},{remark}"


def _description(info: inspect.Type) -> Iterator[str]:
    if isinstance(info, inspect.Metadata):
        schema: dict[str, Any] = info.extra_json_schema or {}
        if "description" in schema:
            yield str(schema["description"])
        yield from _description(info.type)
