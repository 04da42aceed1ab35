from __future__ import annotations

import pytest

from tests.syntax.tables import check_enclosing, check_faults, check_imports, check_outline, check_parts


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param("int ac$0quire(void) { return 0; }", "acquire", id="function"),
        pytest.param("static char **list(int n)\n{\n    return $00;\n}\n", "list", id="pointer"),
        pytest.param("int (*pick(int n))(void) { $0 }", "pick", id="returns-a-function"),
        pytest.param("/* Fr$0ees. */\nvoid release(void) {}", "release", id="comment-above"),
        pytest.param("/* L$0icense */\n\nvoid release(void) {}", None, id="comment-apart"),
        pytest.param("struct lock { int n$0; };", "lock", id="struct"),
        pytest.param("typedef struct { int n$0; } lock_t;", "lock_t", id="typedef-of-a-struct"),
        pytest.param("typedef int (*callback)(vo$0id);", "callback", id="typedef-of-a-function"),
        pytest.param("enum color { RED$0 };", "color", id="enum"),
        pytest.param("union u { int n$0; };", "u", id="union"),
        pytest.param("#define SQUARE(x) ((x) * (x$0))\n", "SQUARE", id="macro"),
        pytest.param("int open(int n$0);", "open", id="prototype"),
        pytest.param("static int n = $03;", None, id="variable"),
        pytest.param(
            "#ifdef A\nvoid f(void) { $0 }\n#else\nvoid f(void) {}\n#endif\n", "f", id="under-ifdef"
        ),
        pytest.param("void f(void)\n{\n    struct s { int n$0; };\n}\n", "f.s", id="local-struct"),
        pytest.param("#inc$0lude <stdio.h>\n", None, id="include"),
        pytest.param("int f(a)\n    int a;\n{\n    return $0a;\n}\n", "f", id="old-style"),
    ],
)
def test_enclosing_symbol(marked: str, path: str | None) -> None:
    check_enclosing("c", marked, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            """\
                #define N 10
                #define F(x) x
                struct s { int a; };
                typedef struct t { int b; } t_t;
                typedef unsigned u8;
                enum e { A };
                int x = 1, *y;
                int f(void);
                int f(void) { return 0; }
                """,
            """\
                macro N
                macro F
                struct s
                type t_t
                struct t
                type u8
                enum e
                constant e.A
                variable x
                variable y
                declaration f
                function f""",
            id="all",
        ),
        pytest.param(
            "enum { MAX = 8 };\ntypedef enum { LOW, HIGH } level;\n",
            "constant MAX\nenum level\nconstant level.LOW\nconstant level.HIGH",
            id="enumerators",
        ),
        pytest.param(
            "#ifndef A_H\n#define A_H\nstatic const int MAX = 3;\nextern int debug;\n"
            'static const char *const NAMES[] = { "a" };\nextern const char *version;\n#endif\n',
            "variable MAX\nvariable debug\nvariable NAMES\nvariable version",
            id="variables-of-a-header",
        ),
        pytest.param(
            '#ifndef A_H\n#define A_H\nextern "C" {\nint f(void);\n}\n#endif\n', "declaration f", id="header"
        ),
        pytest.param(
            """\
                #if A
                int f(int a) { return a; }
                #else
                int f(long a) { return a; }
                #endif
                """,
            "function f\nfunction f",
            id="twice",
        ),
        pytest.param("void f(void) { int g(int); int x = 1; }\n", "function f", id="locals"),
        pytest.param(
            "int f(void) { return (1; }\nint g(void) { return 1; }\n", "function f\nfunction g", id="broken"
        ),
    ],
)
def test_outline(text: str, expected: str) -> None:
    check_outline("c", text, expected)


def test_span_has_the_comment_above() -> None:
    check_parts(
        "c",
        """\
            /**
             * Doc.
             */
            static int f(int a,
                         int b)
            {
                return a;
            }
            """,
        "f",
        span="""\
            /**
             * Doc.
             */
            static int f(int a,
                         int b)
            {
                return a;
            }""",
        head="static int f(int a,\n             int b)",
        body="\n    return a;\n",
    )


def test_span_of_a_struct_has_its_semicolon() -> None:
    check_parts(
        "c",
        "struct s {\n    int a;\n};\n",
        "s",
        span="struct s {\n    int a;\n};",
        head="struct s",
        body="\n    int a;\n",
    )


def test_imports() -> None:
    check_imports(
        "c", '#include <stdio.h>\n#include "a.h"\nint x;\n', ["#include <stdio.h>", '#include "a.h"']
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("int x;\n", [], id="clean"),
        pytest.param("int f(void) { return 1 }\n", ["missing ; at 22"], id="semicolon"),
        pytest.param("int x = ;\n", ["missing identifier at 7"], id="expression"),
        pytest.param("int f(void) {\n", ["missing } at 13"], id="brace"),
    ],
)
def test_faults(text: str, expected: list[str]) -> None:
    check_faults("c", text, expected)
