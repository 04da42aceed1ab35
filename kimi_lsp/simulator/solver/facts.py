"""Facts about Python source that can be computed, for an explanation that does not pretend to understand."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_LONGEST_LIST = 12
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parsed(source: str) -> ast.Module | None:
    """The tree of ``source``, dedented where it is a piece of a file; None where it is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in (source, textwrap.dedent(source)):
            try:
                return ast.parse(text)
            except (SyntaxError, ValueError, RecursionError):
                continue
    return None


def definition(tree: ast.Module, path: str) -> Definition | None:
    """The definition at ``path``, such as ``Lock.acquire``, or the first one called so at any depth."""
    for found_path, node in _definitions(tree, ""):
        if path and (found_path == path or found_path.endswith(f".{path}")):
            return node
    name = path.rpartition(".")[2]
    return next((node for _, node in _definitions(tree, "") if node.name == name), None)


def first_line(node: Definition) -> int:
    """The number of its first line, decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def describe(node: Definition | ast.Module, source: str) -> str:
    """Markdown: what ``node`` is, how long, what it takes, calls, raises and returns."""
    if isinstance(node, ast.Module):
        head = f"A Python module of {len(source.splitlines())} lines."
    else:
        length = (node.end_lineno or node.lineno) - first_line(node) + 1
        head = f"`{node.name}` is {_kind(node)} of {length} lines."
    facts = [f"- {label}: {text}" for label, text in _facts(node) if text]
    return "\n".join([head, "", *facts]) if facts else head


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Definition]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _DEFINITIONS):
            path = f"{prefix}.{child.name}" if prefix else child.name
            yield path, child
            yield from _definitions(child, path)
        else:
            yield from _definitions(child, prefix)


def _kind(node: Definition) -> str:
    kinds = {ast.ClassDef: "a class", ast.AsyncFunctionDef: "an asynchronous function"}
    return kinds.get(type(node), "a function")


def _facts(node: Definition | ast.Module) -> Iterator[tuple[str, str]]:
    docstring = ast.get_docstring(node) or ""
    yield "says of itself", docstring.partition("\n")[0]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield "signature", f"`{node.name}({ast.unparse(node.args)}){_returns(node)}`"
    if isinstance(node, ast.ClassDef):
        yield "bases", _listed(map(ast.unparse, node.bases))
    if isinstance(node, (ast.ClassDef, ast.Module)):
        yield "defines", _listed(child.name for child in node.body if isinstance(child, _DEFINITIONS))
    inside = list(ast.walk(node))
    yield "calls", _listed(_called(call) for call in inside if isinstance(call, ast.Call))
    yield (
        "raises",
        _listed(ast.unparse(part.exc) for part in inside if isinstance(part, ast.Raise) and part.exc),
    )
    loops = sum(isinstance(part, (ast.For, ast.AsyncFor, ast.While)) for part in inside)
    branches = sum(isinstance(part, (ast.If, ast.IfExp, ast.Match)) for part in inside)
    yield "control flow", f"{loops} loops, {branches} branches" if loops or branches else ""


def _returns(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else "an expression"


def _listed(names: Iterator[str] | map[str]) -> str:
    once = [f"`{name}`" if len(name) <= 60 else f"`{name[:57]}...`" for name in dict.fromkeys(names)]
    more = len(once) - _LONGEST_LIST
    return ", ".join(once[:_LONGEST_LIST]) + (f" and {more} more" if more > 0 else "")
