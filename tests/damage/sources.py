"""Source files made up in six languages: many methods of one shape, so that every passage has near twins."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

VERBS = (
    "load",
    "store",
    "merge",
    "split",
    "count",
    "trim",
    "pack",
    "send",
    "fetch",
    "drop",
    "scan",
    "mark",
    "sort",
)
NOUNS = (
    "order",
    "item",
    "frame",
    "token",
    "bucket",
    "ticket",
    "parcel",
    "signal",
    "record",
    "packet",
    "folder",
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one language looks. ``method`` has a blank line, a nested block and a line that says ``note``.

    Of each method, ``marks`` are the texts that an edit changes, as ``(before, after)``.
    """

    extension: str
    opening: str
    method: str
    closing: str
    marks: tuple[tuple[str, str], ...]


_SCRIPT_BODY = (
    "    for (const {noun} of {noun}s) {{\n"
    "      if ({noun}.size > limit) {{\n"
    "        total += {noun}.size * {k};\n"
    "      }}\n"
    "    }}\n"
    "\n"
    '    this.note("{verb}: {noun} {n}");\n'
    "    return total + {n};\n"
    "  }}\n"
    "\n"
)
_SCRIPT_MARKS = (
    ("if ({noun}.size > limit)", "if ({noun}.size >= limit)"),
    ("return total + {n};", "return total + {n} + limit;"),
)

DIALECTS = {
    "python": Dialect(
        ".py",
        "class Depot{c}:\n    held = {c}\n\n",
        "    def {verb}_{noun}_{n}(self, {noun}s, limit={k}):\n"
        "        total = {n}\n"
        "        for {noun} in {noun}s:\n"
        "            if {noun}.size > limit:\n"
        "                total += {noun}.size * {k}\n"
        "\n"
        '        self.note("{verb}: {noun} {n}")\n'
        "        return total + {n}\n"
        "\n",
        "\n",
        (
            ("if {noun}.size > limit:", "if {noun}.size >= limit:"),
            ("return total + {n}", "return total + {n} + limit"),
        ),
    ),
    "javascript": Dialect(
        ".js",
        "class Depot{c} {{\n",
        "  {verb}{noun}{n}({noun}s, limit = {k}) {{\n    let total = {n};\n" + _SCRIPT_BODY,
        "}}\n\n",
        _SCRIPT_MARKS,
    ),
    "typescript": Dialect(
        ".ts",
        "export class Depot{c} {{\n",
        "  {verb}{noun}{n}({noun}s: Box[], limit: number): number {{\n"
        "    let total: number = {n};\n" + _SCRIPT_BODY,
        "}}\n\n",
        _SCRIPT_MARKS,
    ),
    "rust": Dialect(
        ".rs",
        "impl Depot{c} {{\n",
        "    pub fn {verb}_{noun}_{n}(&mut self, {noun}s: &[Item], limit: u64) -> u64 {{\n"
        "        let mut total = {n};\n"
        "        for {noun} in {noun}s {{\n"
        "            if {noun}.size > limit {{\n"
        "                total += {noun}.size * {k};\n"
        "            }}\n"
        "        }}\n"
        "\n"
        '        self.note("{verb}: {noun} {n}");\n'
        "        total + {n}\n"
        "    }}\n"
        "\n",
        "}}\n\n",
        (("if {noun}.size > limit", "if {noun}.size >= limit"), ("total + {n}\n", "total + {n} + limit\n")),
    ),
    "go": Dialect(
        ".go",
        "package depot\n\ntype Depot{c} struct {{\n\theld int\n}}\n\n",
        "func (d *Depot{c}) {verb}{noun}{n}({noun}s []Item, limit int) int {{\n"
        "\ttotal := {n}\n"
        "\tfor _, {noun} := range {noun}s {{\n"
        "\t\tif {noun}.size > limit {{\n"
        "\t\t\ttotal += {noun}.size * {k}\n"
        "\t\t}}\n"
        "\t}}\n"
        "\n"
        '\td.note("{verb}: {noun} {n}")\n'
        "\treturn total + {n}\n"
        "}}\n"
        "\n",
        "",
        (
            ("if {noun}.size > limit", "if {noun}.size >= limit"),
            ("return total + {n}", "return total + {n} + limit"),
        ),
    ),
    "java": Dialect(
        ".java",
        "class Depot{c} {{\n    private int held = {c};\n\n",
        "    int {verb}{noun}{n}(List<Item> {noun}s, int limit) {{\n"
        "        int total = {n};\n"
        "        for (Item {noun} : {noun}s) {{\n"
        "            if ({noun}.size > limit) {{\n"
        "                total += {noun}.size * {k};\n"
        "            }}\n"
        "        }}\n"
        "\n"
        '        this.note("{verb}: {noun} {n}");\n'
        "        return total + {n};\n"
        "    }}\n"
        "\n",
        "}}\n\n",
        (
            ("if ({noun}.size > limit)", "if ({noun}.size >= limit)"),
            ("return total + {n};", "return total + {n} + limit;"),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a made-up file: whole, its ``body`` at ``start``, and what an edit makes of that."""

    text: str
    start: int
    body: str
    edited: str


@dataclass(frozen=True, slots=True)
class Target:
    """A passage of ``text`` and what is to become of it: whole lines, ``old`` at ``start``; ``twin`` is another one.

    ``method`` is the whole definition that ``old`` is the body of.
    """

    language: str
    path: str
    text: str
    start: int
    old: str
    new: str
    method: str
    twin: str

    @property
    def wanted(self) -> str:
        """The text after the edit."""
        return self.text[: self.start] + self.new + self.text[self.start + len(self.old) :]


def target(language: str, seed: int, size: int) -> Target:
    """A file of about ``size`` characters, and an edit of the body of one of its methods."""
    text, methods = source(language, seed, size)
    chosen = Random(seed).randrange(len(methods) // 4, len(methods) * 3 // 4)
    method, twin = methods[chosen], methods[chosen + 1].text
    path = f"depot{DIALECTS[language].extension}"
    return Target(language, path, text, method.start, method.body, method.edited, method.text, twin)


def source(language: str, seed: int, size: int) -> tuple[str, list[Method]]:
    """A file of about ``size`` characters, and its methods in order."""
    random, dialect = Random(f"{language} {seed}"), DIALECTS[language]
    pieces: list[str] = []
    methods: list[Method] = []
    length = group = 0

    def add(piece: str) -> None:
        nonlocal length
        pieces.append(piece)
        length += len(piece)

    while length < size:
        group += 1
        opening = dialect.opening.format(c=group)
        add(opening if group == 1 else opening.removeprefix("package depot\n\n"))
        for _ in range(random.randrange(4, 9)):
            names = {"verb": random.choice(VERBS), "noun": random.choice(NOUNS), "k": random.randrange(2, 90)}
            names |= {"n": 1001 + len(methods), "c": group}
            method = _method(dialect, names, length)
            methods.append(method)
            add(method.text)
        add(dialect.closing.format())
    return "".join(pieces), methods


def _method(dialect: Dialect, names: dict[str, object], at: int) -> Method:
    """A method, and an edit of its body: two lines change, one is new."""
    text = dialect.method.format(**names)
    lines = text.rstrip("\n").splitlines(keepends=True)[1:]
    if lines[-1].strip() == "}":
        lines.pop()
    body = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    edited = body
    for before, after in dialect.marks:
        assert edited.count(before.format(**names)) == 1
        edited = edited.replace(before.format(**names), after.format(**names))
    note = next(line for line in lines if "note(" in line)
    edited = edited.replace(note, note + note.replace('note("', 'note("also ').replace(": ", " and "))
    return Method(text, at + text.index(body), body, edited)
