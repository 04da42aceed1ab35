"""How sure it is that a definition is the one that is meant by a name, in the place where the name is used.

No types are inferred: imports speak for a definition, what stands before the dot, and where the files lie.
"""

from __future__ import annotations

import re
from enum import IntEnum
from posixpath import dirname

from kimi_lsp.context.modules import EXACT, INSIDE, within
from kimi_lsp.context.scene import Scene, called_here
from kimi_lsp.syntax.languages import ECMASCRIPT
from kimi_lsp.syntax.outline import TYPES
from kimi_lsp.workspace.index.values import Defined


class Certainty(IntEnum):
    """How sure it is that a definition is the one that is meant."""

    NO = 0
    SAME_NAME = 1
    IMPORTED_FILE = 2
    NEARBY = 3
    SAME_FOLDER = 4
    TYPE_AT_HAND = 5
    LIKE_RECEIVER = 6
    RE_EXPORTED = 7
    INHERITED = 8
    SAME_FILE = 9
    IMPORTED = 10
    OWN = 11


SURE = Certainty.RE_EXPORTED
"""From here on, less certain candidates for the same name are left out."""

LIKELY = Certainty.NEARBY
"""Below this, a definition is shown by its signature only."""

OWN_WORDS = frozenset({"self", "cls", "this", "Self", "super", "base", "parent", "static", "$this"})
"""What the object at hand, its class, or what is inherited is called."""

STRICT = frozenset({"python", *ECMASCRIPT})
"""Languages in which a bare name is of the same file or imported by name."""

DOTS = re.compile(r"\?\.|!\.|&\.|->|::|[.:]")


def as_bare(name: str, one: Defined, scene: Scene) -> Certainty:
    """That ``one`` is what ``name`` means where it stands alone."""
    inside = _parent(one)
    if inside and scene.language_id not in STRICT and (of_class := _of_class(inside, one, scene)):
        return of_class
    is_hidden = bool(inside) and one.kind not in _SEEN_FROM_OUTSIDE
    if is_hidden and scene.language_id in STRICT:
        return Certainty.NO
    if one.file == scene.file:
        return Certainty.SAME_FILE if not inside or _around(inside, scene.own) else Certainty.NEARBY
    if (imported := _by_import(name, one, scene)) > Certainty.NO:
        return imported
    if scene.language_id in STRICT or (is_hidden and scene.language_id in _WITHOUT_CLASSES):
        return Certainty.NO
    return _by_folder(one, scene)


def _of_class(inside: str, one: Defined, scene: Scene) -> Certainty:
    if scene.own and one.file == scene.file and _is_own(inside, scene.own):
        return Certainty.OWN
    return Certainty.INHERITED if inside.rpartition(".")[2] in scene.bases else Certainty.NO


def _by_folder(one: Defined, scene: Scene) -> Certainty:
    if dirname(one.file) == dirname(scene.file):
        return Certainty.SAME_FOLDER
    if scene.language_id == "go":
        return Certainty.NO
    return Certainty.IMPORTED_FILE if scene.imports_file(one.file) else Certainty.SAME_NAME


_WITHOUT_CLASSES = frozenset({"go", "rust", "c"})
_SEEN_FROM_OUTSIDE = TYPES | {"constant", "type", "macro", "member", "namespace", "module"}


def as_member(written: str, one: Defined, scene: Scene) -> Certainty:
    """That ``one`` is what its name means behind the dot of the receiver ``written``."""
    inside = _parent(one)
    receiver = DOTS.split(written)[-1]
    last = inside.rpartition(".")[2]
    if receiver in OWN_WORDS and last and (of_class := _of_class(inside, one, scene)):
        return of_class
    if receiver and last == receiver:
        return Certainty.IMPORTED
    if not inside:
        return _of_module(written, one, scene)
    if receiver and _alike(receiver, last):
        return Certainty.LIKE_RECEIVER
    if last in scene.types or _is_own(inside, scene.own):
        return Certainty.TYPE_AT_HAND
    if one.file == scene.file:
        return Certainty.NEARBY
    return Certainty.IMPORTED_FILE if scene.imports_file(one.file) else Certainty.SAME_NAME


def _of_module(receiver: str, one: Defined, scene: Scene) -> Certainty:
    """What stands at the top of a file is a member of the module that the receiver names."""
    for imported in scene.imports:
        if receiver not in called_here(imported):
            continue
        for original, alias in imported.names:
            module = within(imported.module, original, scene.language_id)
            if alias == receiver and scene.match(module, one.file) == EXACT:
                return Certainty.IMPORTED
        if (matched := scene.match(imported.module, one.file)) == EXACT:
            return Certainty.IMPORTED
        if matched == INSIDE:
            return Certainty.RE_EXPORTED
    if receiver and scene.match(receiver, one.file) == EXACT:  # it is written out: crate::lock::acquire
        return Certainty.TYPE_AT_HAND
    if scene.language_id in STRICT or scene.language_id == "go":
        return Certainty.NO
    return as_bare(one.name, one, scene)


def _by_import(name: str, one: Defined, scene: Scene) -> Certainty:
    best = Certainty.NO
    for imported in scene.imports:
        aliases = [alias for _, alias in imported.names]
        if name not in aliases and "*" not in aliases and (aliases or scene.language_id in STRICT):
            continue
        matched = scene.match(imported.module, one.file)
        if not matched and name in aliases and scene.language_id in ("rust", "java", "kotlin", "scala"):
            matched = scene.match(within(imported.module, name, scene.language_id), one.file)
        if matched == EXACT:
            return Certainty.IMPORTED if name in aliases or "*" in aliases or not aliases else Certainty.NO
        if matched == INSIDE and (name in aliases or "*" in aliases):
            best = Certainty.RE_EXPORTED
    return best


def _parent(one: Defined) -> str:
    return (
        one.path[: -len(one.name) - 1] if one.path.endswith(f".{one.name}") else one.path.rpartition(".")[0]
    )


def _is_own(inside: str, own: str) -> bool:
    return bool(own) and (inside == own or inside.rpartition(".")[2] == own.rpartition(".")[2])


def _around(inside: str, own: str) -> bool:
    return own == inside or own.startswith(f"{inside}.")


def _alike(receiver: str, type_name: str) -> bool:
    """``client`` and ``http_client`` are alike ``Client``, ``_transport`` is alike ``BaseTransport``."""
    one, other = _folded(receiver), _folded(type_name)
    return len(one) > 2 and len(other) > 2 and (one.endswith(other) or other.endswith(one))


def _folded(name: str) -> str:
    return name.replace("_", "").replace("$", "").lower()
