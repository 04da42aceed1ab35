"""The few forms of an import statement, read by regular expressions, a function a language.

A statement comes without comments and, but in Go, on one line. One of a form that is not known gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Names = tuple[tuple[str, str], ...]
"""Each name in its module, and what it is called here."""

Found = tuple[str, Names]
"""A module, and what of it is imported."""

EVERYTHING: Names = (("*", "*"),)
"""All names that the module has are known here as they are."""


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _renamed(part: str, word: str = r"\s+as\s+") -> tuple[str, str]:
    """``a as b`` as a pair, ``a`` as the same twice."""
    name, *alias = re.split(word, part.strip(), maxsplit=1)
    return name.strip(), alias[0].strip() if alias else name.strip()


def _pairs(text: str, word: str = r"\s+as\s+") -> Names:
    return tuple(_renamed(part, word) for part in _split(text))


def _parted(path: str, separator: str, alias: str | None = None) -> Found:
    """The last part of a path as a name in the module before it."""
    module, _, name = path.rpartition(separator)
    if name in ("*", "_"):
        return module, EVERYTHING
    return (module, ((name, alias or name),)) if module else (name, (("", alias),) if alias else ())


def _python(text: str) -> Iterator[Found]:
    text = text.replace("\\ ", " ")
    if match := re.match(r"from\s*(\.*[\s\w.]*?)\s*\bimport\b\s*\(?([^)]*)", text):
        yield match[1].replace(" ", ""), _pairs(match[2])
    elif text.startswith("import "):
        for name, alias in _pairs(text.removeprefix("import ")):
            yield name, (("", alias),) if alias != name else ()


_QUOTED = re.compile(r"""["']([^"']+)["']""")


def _ecmascript(text: str) -> Iterator[Found]:
    if match := re.match(r"import\s+(?:type\s+)?(\w+)\s*=\s*([\w.]+)\s*;?$", text):
        yield _parted(match[2], ".", match[1])
        return
    quoted = _QUOTED.findall(text)
    if not quoted:
        return
    before = text[: text.rfind(quoted[-1])]
    if "require" in before and (match := re.match(r"(?:import|const|let|var)\s+(\{[^}]*\}|[\w$]+)", before)):
        inside = match[1]
        yield (
            quoted[-1],
            _pairs(inside.strip("{}"), r"\s*:\s*") if inside.startswith("{") else (("", inside),),
        )
    else:
        yield quoted[-1], tuple(_ecmascript_names(before))


def _ecmascript_names(text: str) -> Iterator[tuple[str, str]]:
    text = re.sub(r"^(?:import|export)\s*(?:type\b(?!\s*(?:,|from\b)))?|\bfrom\s*[\"']$", "", text).strip()
    if match := re.search(r"\{([^}]*)\}", text):
        for name, alias in _pairs(match[1]):
            yield name.removeprefix("type "), alias.removeprefix("type ")
        text = text.replace(match[0], "")
    for part in _split(text):
        if match := re.fullmatch(r"\*\s*(?:as\s+([\w$]+))?", part):
            yield ("", match[1]) if match[1] else ("*", "*")
        elif re.fullmatch(r"[\w$]+", part):
            yield "default", part


def _java(text: str) -> Iterator[Found]:
    if match := re.match(r"import\s+(?:static\s+)?([\w.*\s]+)", text):
        yield _parted(match[1].replace(" ", ""), ".")


def _kotlin(text: str) -> Iterator[Found]:
    if match := re.match(r"import\s+([\w.*`]+)(?:\s+as\s+(\w+))?", text):
        yield _parted(match[1], ".", match[2])


def _scala(text: str) -> Iterator[Found]:
    for match in re.finditer(
        r"(?:import\s+|,\s*)([\w.*]+?)(?:\.\{([^}]*)\}|(?:\s+as\s+(\w+))?(?=\s*(?:,|$)))", text
    ):
        if match[2] is None:
            yield _parted(match[1], ".", match[3])
        else:
            names = _pairs(match[2], r"\s*=>\s*|\s+as\s+")
            yield (
                match[1],
                tuple(("*", "*") if name in ("_", "*") else (name, alias) for name, alias in names),
            )


def _swift(text: str) -> Iterator[Found]:
    if match := re.search(
        r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?([\w.]+)$", text
    ):
        one = re.search(r"import\s+\w+\s+\w", text) is not None
        yield _parted(match[1], ".") if one else (match[1], EVERYTHING)


def _go(text: str) -> Iterator[Found]:
    for alias, module in re.findall(r"""(?m)(?:([\w.]+)[ \t]+)?["`]([^"`]+)["`]""", text):
        if alias == ".":
            yield module, EVERYTHING
        else:
            yield module, (("", alias),) if alias not in ("", "_", "import") else ()


def _rust(text: str) -> Iterator[Found]:
    if match := re.match(r"(?:pub\s*(?:\([^)]*\)\s*)?)?extern\s+crate\s+(\w+)(?:\s+as\s+(\w+))?", text):
        yield match[1], (("", match[2]),) if match[2] else ()
    elif match := re.match(r"(?:pub\s*(?:\([^)]*\)\s*)?)?use\s+(.*?);?$", text):
        by_module: dict[str, list[tuple[str, str]]] = {}
        for path in _without_braces(match[1]):
            name, alias = _renamed(path)
            module, (pair, *_) = _rust_pair(name, alias if alias != name else None)
            by_module.setdefault(module, []).append(pair)
        yield from ((module, tuple(pair for pair in pairs if pair[1])) for module, pairs in by_module.items())


def _rust_pair(path: str, alias: str | None) -> Found:
    module, _, name = path.rpartition("::")
    if name == "self":
        return module, (("", alias or module.rpartition("::")[2]),)
    if name == "*":
        return module, EVERYTHING
    return (module, ((name, alias or name),)) if module else (name, (("", alias or ""),))


def _without_braces(text: str) -> Iterator[str]:
    """``a::{b, c::{d}}`` as ``a::b`` and ``a::c::d``."""
    prefixes, part = [""], ""
    for token in re.findall(r"[{},]|[^{},]+", text.replace(" :: ", "::")):
        if token == "{":
            prefixes.append(prefixes[-1] + part.strip())
            part = ""
        elif token in ",}":
            if part.strip():
                yield prefixes[-1] + part.strip()
            part = ""
            if token == "}" and len(prefixes) > 1:
                prefixes.pop()
        else:
            part = token
    if part.strip():
        yield prefixes[-1] + part.strip()


def _c(text: str) -> Iterator[Found]:
    if match := re.match(r"""#\s*(?:include|import)(?:_next)?\s*(?:"([^"]+)"|<([^>]+)>|(\w+))""", text):
        yield match[1] or match[2] or match[3], ()
    elif match := re.match(r"using\s+namespace\s+([\w:]+)", text):
        yield match[1], EVERYTHING
    elif match := re.match(r"using\s+(?:typename\s+)?([\w:]+)\s*;", text):
        yield _parted(match[1], "::")


def _csharp(text: str) -> Iterator[Found]:
    if match := re.match(r"(?:global\s+)?using\s+(?:unsafe\s+)?(\w+)\s*=\s*([\w.:]+)", text):
        yield _parted(match[2], ".", match[1])
    elif match := re.match(r"(?:global\s+)?using\s+(?:static\s+)?([\w.:]+)\s*;", text):
        yield match[1], EVERYTHING


def _ruby(text: str) -> Iterator[Found]:
    if match := re.match(r"""(require_relative|require|load|autoload)\b[^"']*["']([^"']+)["']""", text):
        module = match[2]
        yield f"./{module}" if match[1] == "require_relative" and not module.startswith(".") else module, ()


def _php(text: str) -> Iterator[Found]:
    if match := re.match(r"use\s+(?:(?:function|const)\s+)?(.*?);?$", text):
        for path in _without_braces(match[1]):
            name, alias = _renamed(re.sub(r"^(?:function|const)\s+", "", path).lstrip("\\"))
            yield _parted(name, "\\", alias if alias != name else None)
    elif (match := _QUOTED.search(text)) is not None:
        yield match[1], ()


def _shell(text: str) -> Iterator[Found]:
    if match := re.match(r"""(?:source|\.)\s+["']?([^"'\s;]+)""", text):
        yield match[1], ()


def _bound(text: str) -> Iterator[Found]:
    """``local a = require("m")``, ``const std = @import("std");``"""
    if match := re.search(r"""(\w+)\s*=\s*[@\w]+\s*\(?\s*["']([^"']+)["']""", text):
        yield match[2], (("", match[1]),)


def _elixir(text: str) -> Iterator[Found]:
    match = re.match(r"(alias|import|require|use)\s*\(?\s*([\w.]+?)(?:\.\{([^}]*)\})?(?:\s*,\s*(.*))?$", text)
    if match is None:
        return
    word, module, several, options = match[1], match[2], match[3], match[4] or ""
    renamed = re.search(r"\bas:\s*([\w.]+)", options)
    for path in [f"{module}.{part}" for part in _split(several)] if several else [module]:
        if word == "alias":
            yield path, (("", renamed[1] if renamed else path.rpartition(".")[2]),)
        else:
            only = re.findall(r"\b(\w+[?!]?):\s*\d", options.partition("only:")[2])
            everything = EVERYTHING if word == "import" else ()
            yield path, tuple((name, name) for name in only) or everything


def _haskell(text: str) -> Iterator[Found]:
    form = r"import\s+(?:safe\s+)?(qualified\s+)?([\w.]+)(\s+qualified)?(?:\s+as\s+([\w.]+))?\s*(hiding)?\s*(\(.*\))?"
    if (match := re.match(form, text)) is None:
        return
    whole: Names = (("", match[4]),) if match[4] else ()
    if match[1] or match[3]:
        yield match[2], whole
    elif match[6] is None or match[5]:
        yield match[2], whole + EVERYTHING
    else:
        names = _split(re.sub(r"(?<=\w)\s*\([^()]*\)", "", match[6].strip()[1:-1]))
        yield match[2], whole + tuple((name.strip("()"), name.strip("()")) for name in names)


def _ocaml(text: str) -> Iterator[Found]:
    if match := re.match(r"open!?\s+([\w.]+)", text):
        yield match[1], EVERYTHING


def _julia(text: str) -> Iterator[Found]:
    if match := re.match(r"(using|import)\s+([\w.]+)\s*:\s*(.*)", text):
        yield match[2], _pairs(match[3])
    elif match := re.match(r"(using|import)\s+(.*)", text):
        for name, alias in _pairs(match[2]):
            whole: Names = (("", alias),) if alias != name else ()
            yield name, EVERYTHING if match[1] == "using" else whole


def _dart(text: str) -> Iterator[Found]:
    if (quoted := _QUOTED.search(text)) is None:
        return
    alias = re.search(r"\bas\s+(\w+)", text[quoted.end() :])
    shown = re.search(r"\bshow\s+([\w\s,]+?)(?:\bhide\b|;|$)", text[quoted.end() :])
    names = _pairs(shown[1]) if shown else EVERYTHING
    yield quoted[1], (("", alias[1]),) if alias else names


def _css(text: str) -> Iterator[Found]:
    if match := re.search(r"""@import\s+(?:url\(\s*)?["']?([^"')\s;]+)""", text):
        yield match[1], EVERYTHING


READERS: dict[str, Callable[[str], Iterator[Found]]] = {
    "python": _python,
    "javascript": _ecmascript,
    "javascriptreact": _ecmascript,
    "typescript": _ecmascript,
    "typescriptreact": _ecmascript,
    "rust": _rust,
    "go": _go,
    "java": _java,
    "c": _c,
    "cpp": _c,
    "csharp": _csharp,
    "ruby": _ruby,
    "php": _php,
    "shellscript": _shell,
    "lua": _bound,
    "kotlin": _kotlin,
    "swift": _swift,
    "scala": _scala,
    "zig": _bound,
    "elixir": _elixir,
    "haskell": _haskell,
    "ocaml": _ocaml,
    "ocaml.interface": _ocaml,
    "julia": _julia,
    "dart": _dart,
    "css": _css,
}
"""By language id; those that are not here import nothing."""
