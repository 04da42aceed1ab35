"""Names that a module passes on under another name, and defaults: what of them is shown, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kimi_lsp.actions import knowledge_exports
from kimi_lsp.context.gather import SymbolContext
from tests.context.polyglot import gathered, write

PYTHON = {
    "py/pkg/__init__.py": (
        "from .impl import long_name as short, Hidden as Shown\n"
        "from .middle import also\n"
        "from . import helpers as h\n"
        "from .starred import *\n"
        "try:\n    from .fast import quick as best\nexcept ImportError:\n    from .impl import long_name as best\n"
        "from .circle import around\n"
        "from .nowhere import gone as lost\n"
        "def inner():\n    from .impl import long_name as local\n"
    ),
    "py/pkg/impl.py": "def long_name(x):\n    return x\n\n\nclass Hidden:\n    def go(self):\n        return 1\n",
    "py/pkg/middle.py": "from .impl import long_name as also\n",
    "py/pkg/helpers.py": "def tidy(text):\n    return text\n",
    "py/pkg/starred.py": "from .impl import long_name as from_star\n",
    "py/pkg/circle.py": "from . import around\n",
    "py/use.py": (
        "import pkg\nimport pkg as p\n"
        "from pkg import short, Shown, also, h, from_star, best, around, lost, local\n\n"
        "def plain():\n    return short(1)\n\n"
        "def a_class():\n    return Shown().go()\n\n"
        "def by_the_package():\n    return pkg.short(1)\n\n"
        "def by_its_alias():\n    return p.short(1)\n\n"
        "def a_module():\n    return pkg.h.tidy('')\n\n"
        "def twice():\n    return also(1)\n\n"
        "def star():\n    return from_star(1)\n\n"
        "def tried():\n    return best(1)\n\n"
        "def in_a_circle():\n    return around(1)\n\n"
        "def to_nothing():\n    return lost(1)\n\n"
        "def of_a_function():\n    return local(1)\n"
    ),
    "py/found.py": "from pkg.impl import long_name\n\ndef found():\n    return long_name(len(''))\n",
    "two/a/same/__init__.py": "from .x import one as uno\n",
    "two/a/same/x.py": "def one():\n    return 'a'\n",
    "two/b/same/__init__.py": "from .x import one as uno\n",
    "two/b/same/x.py": "def one():\n    return 'b'\n",
    "two/a/use.py": "from same import uno\n\ndef nearest():\n    return uno()\n",
    "two/use.py": "from same import uno\n\ndef undecided():\n    return uno()\n",
    ".kimiignore": "secret/__init__.py\n",
    "secret/__init__.py": "from .real import thing as other\n",
    "secret/real.py": "def thing():\n    return 1\n",
    "ask.py": "from secret import other\n\ndef asks():\n    return other()\n",
}

SCRIPT = {
    "web/button.tsx": "export default function ButtonBase() {\n  return <b/>;\n}\n",
    "web/impl.ts": "class Impl {\n  go() { return 1; }\n}\nexport default Impl;\n",
    "web/anonymous.ts": "export default (n: number) => n * 3;\n",
    "web/object.ts": "export default { get(u: string) { return u; } };\n",
    "web/memo.tsx": "const Inner = () => 1;\nexport default memo(Inner);\n",
    "web/listed.ts": "const hidden = () => 1;\nexport { hidden as seen, hidden as default };\n",
    "web/format.ts": "export function format(n: number) {\n  return n;\n}\n",
    "web/barrel.ts": (
        "import Impl from './impl';\n"
        "export { format as pretty } from './format';\n"
        "export { default as Base } from './button';\n"
        "export * as shapes from './format';\n"
        "export * from './listed';\n"
        "export { Impl as Engine };\n"
        "// export { format as commented } from './format';\n"
    ),
    "web/use.tsx": (
        "import Button from './button';\nimport Client from './impl';\nimport triple from './anonymous';\n"
        "import api from './object';\nimport Memo from './memo';\nimport Listed, { seen } from './listed';\n"
        "import { pretty, Base, shapes, Engine, seen as spied, commented } from './barrel';\n"
        "import Foreign from 'button';\nimport type { default as Typed } from './impl';\n"
        "import { wide } from '@acme/core';\nimport { wide as narrow } from '@other/core';\n\n"
        "export function named() { return <Button/>; }\n"
        "export function aClass() { return new Client(); }\n"
        "export function anonymous() { return triple(2); }\n"
        "export function anObject() { return api.get('x'); }\n"
        "export function wrapped() { return <Memo/>; }\n"
        "export function listed() { return Listed() + seen(); }\n"
        "export function renamed() { return pretty(2); }\n"
        "export function defaultRenamed() { return <Base/>; }\n"
        "export function aNamespace() { return shapes.format(2); }\n"
        "export function importedFirst() { return new Engine(); }\n"
        "export function behindAStar() { return spied(); }\n"
        "export function aComment() { return commented(); }\n"
        "export function aPackage() { return <Foreign/>; }\n"
        "export function aType(one: Typed) { return one; }\n"
        "export function ofTheWorkspace() { return wide(); }\n"
        "export function ofAnother() { return narrow(); }\n"
    ),
    "packages/core/package.json": '{"name": "@acme/core"}\n',
    "packages/core/src/index.ts": "export { broad as wide } from './broad';\n",
    "packages/core/src/broad.ts": "export function broad() {\n  return 1;\n}\n",
}

RUST = {
    "rs/core/Cargo.toml": '[package]\nname = "acme-core"\n',
    "rs/core/src/lib.rs": (
        "mod shapes;\npub mod net;\npub use shapes::{Circle, area as surface};\n"
        "pub use net::client::Client as Http;\nmod inner { pub use crate::shapes::area as private; }\n"
    ),
    "rs/core/src/shapes.rs": "pub struct Circle;\npub fn area(c: &Circle) -> f64 { 1.0 }\n",
    "rs/core/src/net/mod.rs": "pub mod client;\npub fn ping() -> bool { true }\n",
    "rs/core/src/net/client.rs": "pub struct Client;\n",
    "rs/core/src/own.rs": "fn by_the_root() -> f64 { crate::surface() }\n",
    "rs/app/src/main.rs": (
        "use acme_core::{surface, Http, private, net};\nuse other_core::surface as foreign;\n\n"
        "fn renamed() -> f64 { surface() }\n"
        "fn far() { let one = Http; }\n"
        "fn of_a_module() -> f64 { private() }\n"
        "fn a_module() -> bool { net::ping() }\n"
        "fn of_another() -> f64 { foreign() }\n"
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    write(folder, PYTHON | SCRIPT | RUST)
    return folder


def shown(context: SymbolContext) -> list[str]:
    return [f"{one.file} {one.path}" for one in context.knowledge.definitions]


def check(project: Path, place: str, wanted: list[str]) -> None:
    assert shown(gathered(project, place)) == wanted


IMPL = ["py/pkg/impl.py long_name"]


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        pytest.param("py/use.py return short", IMPL, id="plain"),
        pytest.param(
            "py/use.py return Shown", ["py/pkg/impl.py Hidden", "py/pkg/impl.py Hidden.go"], id="class-and-member"
        ),
        pytest.param("py/use.py return pkg.short", IMPL, id="by-the-package"),
        pytest.param("py/use.py return p.short", IMPL, id="by-the-package-s-alias"),
        pytest.param("py/use.py return pkg.h", ["py/pkg/helpers.py tidy"], id="module"),
        pytest.param("py/use.py return also", IMPL, id="two-levels"),
        pytest.param("py/use.py return from_star", IMPL, id="behind-a-star"),
        pytest.param("py/use.py return best", IMPL, id="the-first-that-is-there"),
        pytest.param("two/a/use.py return uno", ["two/a/same/x.py one"], id="the-nearest-of-two"),
    ],
)  # fmt: skip
def test_python(project: Path, place: str, wanted: list[str]) -> None:
    check(project, place, wanted)


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        pytest.param("<Button", ["web/button.tsx ButtonBase"], id="default"),
        pytest.param("new Client", ["web/impl.ts Impl"], id="default-named-below"),
        pytest.param("triple(", ["web/anonymous.ts default"], id="anonymous-default"),
        pytest.param(
            "api.get", ["web/object.ts default", "web/object.ts default.get"], id="object-and-member"
        ),
        pytest.param("Listed()", ["web/listed.ts hidden"], id="listed"),
        pytest.param("pretty(", ["web/format.ts format"], id="renamed"),
        pytest.param("<Base", ["web/button.tsx ButtonBase"], id="default-renamed"),
        pytest.param("shapes.format", ["web/format.ts format"], id="namespace"),
        pytest.param("new Engine", ["web/impl.ts Impl"], id="imported-then-exported"),
        pytest.param("spied(", ["web/listed.ts hidden"], id="behind-a-star"),
        pytest.param("one: Typed", ["web/impl.ts Impl"], id="type"),
        pytest.param("wide(); }", ["packages/core/src/broad.ts broad"], id="package-of-the-workspace"),
    ],
)
def test_typescript(project: Path, place: str, wanted: list[str]) -> None:
    check(project, f"web/use.tsx {place}", wanted)


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        pytest.param("app/src/main.rs { surface", ["rs/core/src/shapes.rs area"], id="renamed"),
        pytest.param("app/src/main.rs = Http", ["rs/core/src/net/client.rs Client"], id="a-path-of-modules"),
        pytest.param("app/src/main.rs net::ping", ["rs/core/src/net/mod.rs ping"], id="module"),
        pytest.param("core/src/own.rs crate::surface", ["rs/core/src/shapes.rs area"], id="not-imported"),
    ],
)
def test_rust(project: Path, place: str, wanted: list[str]) -> None:
    found = shown(gathered(project, f"rs/{place}"))
    assert found[: len(wanted)] == wanted


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("py/use.py return around", id="a-circle"),
        pytest.param("py/use.py return lost", id="what-is-not-there"),
        pytest.param("py/use.py return local", id="imported-in-a-function"),
        pytest.param("two/use.py return uno", id="two-as-near"),
        pytest.param("ask.py return other", id="passed-on-by-a-file-that-is-refused"),
        pytest.param("web/use.tsx <Memo", id="a-default-that-is-made"),
        pytest.param("web/use.tsx commented(", id="a-comment"),
        pytest.param("web/use.tsx <Foreign", id="a-package-called-like-a-file"),
        pytest.param("web/use.tsx narrow(", id="a-package-called-like-a-folder"),
        pytest.param("rs/app/src/main.rs private()", id="of-an-inner-module"),
        pytest.param("rs/app/src/main.rs foreign()", id="a-crate-called-like-a-folder"),
    ],
)
def test_where_it_is_not_sure_nothing_is_shown(project: Path, place: str) -> None:
    check(project, place, [])


@pytest.mark.parametrize(
    ("limit", "most", "place", "wanted"),
    [
        pytest.param("MAX_READ", 1, "short", IMPL, id="one-file-is-enough"),
        pytest.param("MAX_READ", 1, "also", [], id="one-file-is-too-few"),
        pytest.param("LEVELS", 1, "short", IMPL, id="one-level-is-enough"),
        pytest.param("LEVELS", 1, "also", [], id="one-level-is-too-few"),
        pytest.param("MAX_STEPS", 0, "short", [], id="no-steps"),
        pytest.param("MAX_TEXT", 50, "short", [], id="a-file-is-too-large"),
    ],
)
def test_little_is_done(
    project: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, place: str, wanted: list[str]
) -> None:
    monkeypatch.setattr(knowledge_exports, limit, most)
    check(project, f"py/use.py return {place}", wanted)


def test_where_every_name_is_found_no_file_is_looked_for(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(knowledge_exports, "ModuleFiles")
    check(project, "py/found.py return", IMPL)
