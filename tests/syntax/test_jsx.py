"""JavaScript and TypeScript with markup in it."""

from __future__ import annotations

import pytest

from tests.syntax.tables import check_enclosing, check_faults, check_outline

BUTTON = (
    "export const Button = ({ label }) => {\n  return <button onClick={() => go()}>{label}</button>;\n};\n"
)


@pytest.mark.parametrize("language_id", ["javascriptreact", "typescriptreact"])
@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param(BUTTON.replace("<button", "<but$0ton"), "Button", id="in-a-tag"),
        pytest.param(BUTTON.replace("go()", "g$0o()"), "Button", id="in-a-handler"),
        pytest.param(BUTTON.replace("{label}<", "{la$0bel}<"), "Button", id="in-a-child"),
        pytest.param("function App() { return <A.B x={$01} />; }", "App", id="function"),
        pytest.param("class App extends C { render() { return <>$0</>; } }", "App.render", id="class"),
        pytest.param("const A = memo(function A() { return <a>$0</a>; });", "A", id="memo"),
        pytest.param("const A = React.forwardRef((p, ref) => <a>$0</a>);", "A", id="forward-ref"),
        pytest.param(
            "function useIt() { const f = useCallback(() => { $0 }, []); }", "useIt.f", id="callback"
        ),
        pytest.param("const x = <a>$0</a>;", None, id="variable"),
        pytest.param("export default () => <a>$0</a>;", "default", id="nameless"),
    ],
)
def test_enclosing_symbol(language_id: str, marked: str, path: str | None) -> None:
    check_enclosing(language_id, marked, path)


def test_outline_of_typescript_with_markup() -> None:
    check_outline(
        "typescriptreact",
        "type P = { a: string };\nexport const A: FC<P> = ({ a }) => <b>{a}</b>;\nexport function B<T,>() {}\n",
        "type P\nfunction A\nfunction B",
    )


@pytest.mark.parametrize("language_id", ["javascriptreact", "typescriptreact"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(BUTTON, [], id="clean"),
        pytest.param("const a = <b>{c</b>;\n", ["error const a = <b>{c</b>;"], id="brace"),
    ],
)
def test_faults(language_id: str, text: str, expected: list[str]) -> None:
    check_faults(language_id, text, expected)
