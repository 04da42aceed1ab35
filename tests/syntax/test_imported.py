"""Import statements -> modules and names."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kimi_lsp.syntax.imports import imported
from tests.syntax.tables import needs_the_wheel_of, tree

CASES = [
    ("python", "import a.b, c as d", "a.b: | c: =d"),
    ("python", "from a.b import c, d as e", "a.b: c d=e"),
    ("python", "from . import a\nfrom ..b import *", ".: a | ..b: *"),
    ("python", "from a import (  # why\n    b,\n    c as d,\n)", "a: b c=d"),
    ("python", "def f():\n    import a", "a:"),
    ("python", "from a \\\n  import b", "a: b"),
    ("javascript", "import D, { a as b, c } from './m';", "./m: a=b c default=D"),
    ("javascript", "import * as ns from 'm'", "m: =ns"),
    ("javascript", "import 'm';", "m:"),
    ("javascript", "const { a, b: c } = require('./m');\nconst d = require(\"e\");", "./m: a b=c | e: =d"),
    ("javascript", "export { a, b as c } from './m';\nexport * from 'n';", "./m: a b=c | n: *"),
    ("javascript", "import {\n  a, // why\n  b,\n} from 'http://x/y.js';", "http://x/y.js: a b"),
    ("typescript", "import type { A } from './a';\nimport { type B, c } from 'b';", "./a: A | b: B c"),
    ("typescript", "import type D from 'd';\nimport fs = require('fs');", "d: default=D | fs: =fs"),
    ("typescript", "import A = B.C;", "B: C=A"),
    ("typescriptreact", "import React, { useState } from 'react'", "react: useState default=React"),
    ("rust", "use std::io;", "std: io"),
    (
        "rust",
        "pub use crate::a::{self, B as C, d::E, f::*};",
        "crate::a: =a B=C | crate::a::d: E | crate::a::f: *",
    ),
    ("rust", "extern crate a as b;\nuse c;\nuse super::*;", "a: =b | c: | super: *"),
    ("rust", "use a::{\n    b, // why\n    c::{d, e},\n};", "a: b | a::c: d e"),
    ("go", 'package p\nimport "fmt"', "fmt:"),
    (
        "go",
        'package p\nimport (\n\t"a/b" // why\n\tc "d/e"\n\t. "f"\n\t_ "g"\n)',
        "a/b: | d/e: =c | f: * | g:",
    ),
    ("java", "import a.b.C;\nimport static a.D.e;\nimport f.*;", "a.b: C | a.D: e | f: *"),
    ("c", '#include <sys/stat.h>\n#include "a//b.h"', "sys/stat.h: | a//b.h:"),
    ("cpp", "#include <vector>\nusing namespace std;\nusing a::b;", "vector: | std: * | a: b"),
    ("csharp", "using A.B;\nusing C = D.E;\nusing static F.G;", "A.B: * | D: E=C | F.G: *"),
    ("ruby", "require 'a/b'\nrequire_relative 'c'\nrequire_relative '../d'", "a/b: | ./c: | ../d:"),
    (
        "php",
        "<?php\nuse A\\B\\C;\nuse D\\E as F;\nuse function G\\h;\nuse I\\{J, K as L};\nrequire 'm.php';",
        "A\\B: C | D: E=F | G: h | I: J | I: K=L | m.php:",
    ),
    ("shellscript", 'source ./a.sh\n. "b.sh"', "./a.sh: | b.sh:"),
    ("lua", "local a = require('b.c')\nlocal d = require \"e\"", "b.c: =a | e: =d"),
    ("kotlin", "import a.b.C\nimport d.E as F\nimport g.*", "a.b: C | d: E=F | g: *"),
    ("swift", "import A\nimport class B.C", "A: * | B: C"),
    ("scala", "import a.b.C\nimport d.{E, F => G}\nimport h._", "a.b: C | d: E F=G | h: *"),
    ("zig", 'const std = @import("std");', "std: =std"),
    (
        "elixir",
        "defmodule A do\n  alias B.C\n  alias D.E, as: F\n  alias G.{H, I}\n  import J\n  use K\nend",
        "B.C: =C | D.E: =F | G.H: =H | G.I: =I | J: * | K:",
    ),
    (
        "haskell",
        "module M where\nimport A (b, C(..))\nimport qualified D.E as F\nimport G hiding (h)\n",
        "A: b C | D.E: =F | G: *",
    ),
    ("ocaml", "open A.B\nlet x = 1", "A.B: *"),
    ("julia", "using A, B\nimport C: d, e as f\nimport G", "A: * | B: * | C: d e=f | G:"),
    (
        "dart",
        "import 'a.dart';\nimport 'package:x/b.dart' as c;\nimport 'd.dart' show E, f;",
        "a.dart: * | package:x/b.dart: =c | d.dart: E f",
    ),
    ("vue", "<script setup>\nimport A, { b } from './A.vue'\n</script>", "./A.vue: b default=A"),
    ("markdown", '```python\nimport a\n```\n```go\nimport "b"\n```\n', "a: | b:"),
    ("css", "@import 'a.css';\n@import url(b.css);", "a.css: * | b.css: *"),
    ("json", "{}", ""),
]


@pytest.mark.parametrize(("language_id", "text", "expected"), CASES)
def test_imported(language_id: str, text: str, expected: str) -> None:
    needs_the_wheel_of(language_id)
    parsed = tree(language_id, dedent(text))
    said = []
    for one in imported(parsed):
        names = " ".join(name if name == alias else f"{name}={alias}" for name, alias in one.names)
        said.append(f"{one.module}: {names}".strip())
        assert one.span.of(parsed.text).strip()
    assert said == [part for part in expected.split(" | ") if part]


@pytest.mark.parametrize("language_id", ["python", "javascript", "rust", "go", "java", "cpp"])
@pytest.mark.parametrize(
    "text", ["import", "use ;", "from import", "import {", "#include", "use a::{{", "\0"]
)
def test_broken_imports_break_nothing(language_id: str, text: str) -> None:
    assert all(one.module for one in imported(tree(language_id, text)))
