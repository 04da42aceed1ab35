"""Which definition of a name is meant."""

from __future__ import annotations

import pytest

from kimi_lsp.context.certainty import Certainty
from kimi_lsp.context.choose import COMMON, PER_COMMON_NAME, PER_NAME, Choice, chosen, origin
from kimi_lsp.context.scene import Scene
from kimi_lsp.context.wanted import Name
from kimi_lsp.syntax.imports import Import
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.index.values import Defined

LOCK = ["app/lock.py acquire"]
EXTENSIONS = {"python": "py", "typescript": "ts", "go": "go", "rust": "rs", "c": "c", "java": "java"}


def defined(place: str, kind: str = "function", line: int = 1) -> Defined:
    """``FILE PATH``, such as ``app/lock.py Lock.acquire``."""
    file, _, path = place.partition(" ")
    name = path.rpartition(".")[2]
    return Defined(name, path, kind, file, line, line + 3, f"def {name}()")


def imports(*modules: str) -> tuple[Import, ...]:
    """``MODULE: NAME, NAME as ALIAS``; without names the module as a whole, ``= ALIAS`` under that name."""
    found = []
    for one in modules:
        module, _, names = one.partition(": ")
        module, _, alias = module.partition(" = ")
        pairs = [part.split(" as ") for part in names.split(", ") if part]
        written = tuple((pair[0], pair[-1]) for pair in pairs) or ((("", alias),) if alias else ())
        found.append(Import(module, written, Span(0, 0)))
    return tuple(found)


def scene(language: str = "python", file: str = "", **fields: object) -> Scene:
    return Scene(file or f"app/main.{EXTENSIONS[language]}", language, **fields)  # type: ignore[arg-type]  # a table's


def check(
    name: Name, places: list[str], where: Scene, wanted: list[str], kind: str = "function"
) -> tuple[Choice, ...]:
    one = origin(name.name, where)
    found = {one: [defined(place, kind, line) for line, place in enumerate(places, 1)]}
    choices = chosen([name], found, where)
    assert [f"{choice.defined.file} {choice.defined.path}" for choice in choices] == wanted
    return choices


@pytest.mark.parametrize(
    ("imported", "places", "wanted"),
    [
        pytest.param([], ["app/main.py acquire", "app/lock.py acquire"], ["app/main.py acquire"], id="same-file"),
        pytest.param(["app.lock: acquire"], ["app/key.py acquire", "app/lock.py acquire"], LOCK, id="imported"),
        pytest.param([".lock: acquire"], ["lock.py acquire", "app/lock.py acquire"], LOCK, id="relative"),
        pytest.param(["app: acquire"], ["lib/x.py acquire", "app/lock.py acquire"], LOCK, id="re-exported"),
        pytest.param(["app.lock: *"], ["app/lock.py acquire"], LOCK, id="star"),
        pytest.param(["app.lock: get as acquire"], ["app/lock.py get"], ["app/lock.py get"], id="alias"),
        pytest.param([], ["app/lock.py acquire"], [], id="not-imported"),
        pytest.param(["app.lock"], ["app/lock.py acquire"], [], id="only-the-module"),
        pytest.param(["app.lock: acquire"], ["app/lock.py Lock.acquire"], [], id="a-method-is-no-bare-name"),
    ],
)  # fmt: skip
def test_a_bare_name_in_python(imported: list[str], places: list[str], wanted: list[str]) -> None:
    check(Name("acquire", 1, bare=True), places, scene(imports=imports(*imported)), wanted)


@pytest.mark.parametrize(
    ("receiver", "fields", "wanted"),
    [
        pytest.param("self", {"own": "Pool"}, ["app/main.py Pool.acquire"], id="own"),
        pytest.param(
            "self", {"own": "Pond", "bases": ("Lock",)}, ["app/lock.py Lock.acquire"], id="inherited"
        ),
        pytest.param("super", {"own": "Pool", "bases": ("Lock",)}, ["app/main.py Pool.acquire"], id="super"),
        pytest.param("Lock", {}, ["app/lock.py Lock.acquire"], id="static"),
        pytest.param("lock", {}, ["app/lock.py Lock.acquire"], id="called-like-its-type"),
        pytest.param("self._lock", {}, ["app/lock.py Lock.acquire"], id="a-field-called-like-its-type"),
        pytest.param("key", {"imports": imports("app.key")}, ["app/key.py acquire"], id="module"),
        pytest.param(
            "key", {"imports": imports("app: key")}, ["app/key.py acquire"], id="module-of-a-package"
        ),
        pytest.param("k", {"imports": imports("app.key = k")}, ["app/key.py acquire"], id="module-renamed"),
        pytest.param(
            "app.key", {"imports": imports("app.key")}, ["app/key.py acquire"], id="module-written-out"
        ),
    ],
)
def test_a_member_in_python(receiver: str, fields: dict[str, object], wanted: list[str]) -> None:
    places = ["app/lock.py Lock.acquire", "app/key.py acquire", "app/main.py Pool.acquire"]
    check(Name("acquire", 1, receivers=(receiver,)), places, scene(**fields), wanted)  # type: ignore[arg-type]  # a table's


def test_of_an_unknown_receiver_what_is_at_hand_comes_first() -> None:
    places = [f"far/f{number}.py C{number}.acquire" for number in range(5)] + ["lib/lock.py Lock.acquire"]
    where = scene(types=frozenset({"Lock"}))
    choices = check(
        Name("acquire", 7, receivers=("",)),
        places,
        where,
        ["lib/lock.py Lock.acquire", "far/f0.py C0.acquire", "far/f1.py C1.acquire"],
    )
    assert len(choices) == PER_NAME
    assert choices[0].why == "used in line 7, of a type that is used here, one of 6 of that name"


def test_of_a_common_name_few_are_shown() -> None:
    found = {"get": [defined(f"far/f{number}.py C{number}.get") for number in range(COMMON * 100)]}
    assert len(chosen([Name("get", 1, receivers=("x",))], found, scene())) == PER_COMMON_NAME


def test_the_strength_of_links_decides_between_equals() -> None:
    places = ["far/a.py A.get", "far/b.py B.get", "far/c.py C.get", "far/d.py D.get"]
    where = scene(weights={"far/d.py": 2.0, "far/b.py": 1.0})
    check(
        Name("get", 1, receivers=("x",)),
        places,
        where,
        ["far/d.py D.get", "far/b.py B.get", "far/a.py A.get"],
    )


def test_what_tests_define_comes_last_but_in_tests() -> None:
    places = ["tests/test_a.py A.get", "app/b.py B.get"]
    check(Name("get", 1, receivers=("x",)), places, scene(), list(reversed(places)))
    check(Name("get", 1, receivers=("x",)), places, scene(file="tests/test_z.py"), places)


@pytest.mark.parametrize(
    ("language", "name", "fields", "places", "wanted"),
    [
        pytest.param("go", Name("Acquire", 1, bare=True), {}, ["lib/a.go Acquire", "app/b.go Acquire"],
                     ["app/b.go Acquire"], id="go-same-package"),
        pytest.param("go", Name("Acquire", 1, receivers=("lock",)), {"imports": imports("x.com/acme/lock")},
                     ["app/b.go Acquire", "lock/a.go Acquire"], ["lock/a.go Acquire"], id="go-package"),
        pytest.param("go", Name("Acquire", 1, receivers=("l",)), {"own": "Lock"},
                     ["app/a.go Key.Acquire", "app/a.go Lock.Acquire"],
                     ["app/a.go Lock.Acquire", "app/a.go Key.Acquire"], id="go-own-receiver"),
        pytest.param("java", Name("acquire", 1, bare=True), {"own": "Lock"},
                     ["x/Key.java Key.acquire", "app/main.java Lock.acquire"], ["app/main.java Lock.acquire"],
                     id="java-own-without-this"),
        pytest.param("java", Name("acquire", 1, bare=True), {"own": "Held", "bases": ("Lock",)},
                     ["x/Key.java Key.acquire", "x/Lock.java Lock.acquire"], ["x/Lock.java Lock.acquire"],
                     id="java-inherited-without-this"),
        pytest.param("java", Name("Lock", 1, bare=True), {"imports": imports("org.acme: Lock")},
                     ["org/else/Lock.java Lock", "org/acme/Lock.java Lock"], ["org/acme/Lock.java Lock"],
                     id="java-import"),
        pytest.param("c", Name("acquire", 1, bare=True), {"imports": imports("lock.h")},
                     ["x/key.c acquire", "app/lock.c acquire"], ["app/lock.c acquire"], id="c-include"),
        pytest.param("rust", Name("Lock", 1, bare=True),
                     {"file": "src/main.rs", "imports": imports("crate::lock: Lock")},
                     ["src/key.rs Lock", "src/lock.rs Lock"], ["src/lock.rs Lock"], id="rust-use"),
        pytest.param("rust", Name("acquire", 1, receivers=("crate::lock",)), {"file": "src/main.rs"},
                     ["src/key.rs acquire", "src/lock.rs acquire"], ["src/lock.rs acquire", "src/key.rs acquire"],
                     id="rust-written-out"),
        pytest.param("typescript", Name("Lock", 1, bare=True), {"imports": imports("./lock.js: Lock")},
                     ["app/key.ts Lock", "app/lock.ts Lock"], ["app/lock.ts Lock"], id="typescript-import"),
        pytest.param("typescript", Name("acquire", 1, receivers=("this",)), {"own": "Lock"},
                     ["app/key.ts Key.acquire", "app/main.ts Lock.acquire"], ["app/main.ts Lock.acquire"],
                     id="typescript-this"),
        pytest.param("python", Name("acquire", 1, receivers=("x",)), {}, ["app/lock.rs Lock.acquire"], [],
                     id="another-language"),
    ],
)  # fmt: skip
def test_other_languages(
    language: str, name: Name, fields: dict[str, object], places: list[str], wanted: list[str]
) -> None:
    check(name, places, scene(language, **fields), wanted)  # type: ignore[arg-type]  # a table's


def test_each_way_of_using_a_name_has_its_own() -> None:
    name = Name("get", 1, bare=True, receivers=("self", "lock"))
    places = ["app/main.py get", "app/main.py Pool.get", "app/lock.py Lock.get", "app/key.py Key.get"]
    check(
        name, places, scene(own="Pool"), ["app/main.py get", "app/main.py Pool.get", "app/lock.py Lock.get"]
    )


def test_what_is_sure_comes_before_what_is_not() -> None:
    names = [Name("get", 1, receivers=("x",)), Name("acquire", 2, bare=True)]
    found = {"get": [defined("far/a.py A.get")], "acquire": [defined("app/main.py acquire")]}
    choices = chosen(names, found, scene())
    assert [(c.name.name, c.certainty) for c in choices] == [
        ("acquire", Certainty.SAME_FILE),
        ("get", Certainty.SAME_NAME),
    ]
