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
        "  {verb}{noun}{n}({noun}s, limit = {k}) {{\n"
        "    let total = {n};\n"
        "    for (const {noun} of {noun}s) {{\n"
        "      if ({noun}.size > limit) {{\n"
        "        total += {noun}.size * {k};\n"
        "      }}\n"
        "    }}\n"
        "\n"
        '    this.note("{verb}: {noun} {n}");\n'
        "    return total + {n};\n"
        "  }}\n"
        "\n",
        "}}\n\n",
        (
            ("if ({noun}.size > limit)", "if ({noun}.size >= limit)"),
            ("return total + {n};", "return total + {n} + limit;"),
        ),
    ),
    "typescript": Dialect(
        ".ts",
        "export class Depot{c} {{\n",
        "  {verb}{noun}{n}({noun}s: Box[], limit: number): number {{\n"
        "    let total: number = {n};\n"
        "    for (const {noun} of {noun}s) {{\n"
        "      if ({noun}.size > limit) {{\n"
        "        total += {noun}.size * {k};\n"
        "      }}\n"
        "    }}\n"
        "\n"
        '    this.note("{verb}: {noun} {n}");\n'
        "    return total + {n};\n"
        "  }}\n"
        "\n",
        "}}\n\n",
        (
            ("if ({noun}.size > limit)", "if ({noun}.size >= limit)"),
            ("return total + {n};", "return total + {n} + limit;"),
        ),
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
    """A file of about ``size`` characters, and an edit of the body of a method: two lines change, one is new."""
    random = Random(f"{language} {seed}")
    dialect = DIALECTS[language]
    pieces: list[str] = []
    methods: list[tuple[int, str, dict[str, object]]] = []
    length = number = group = 0
    while length < size:
        group += 1
        opening = dialect.opening.format(c=group)
        opening = opening if group == 1 else opening.removeprefix("package depot\n\n")
        pieces.append(opening)
        length += len(opening)
        for _ in range(random.randrange(4, 9)):
            number += 1
            names = {
                "verb": random.choice(VERBS),
                "noun": random.choice(NOUNS),
                "n": 1000 + number,
                "c": group,
            }
            names["k"] = random.randrange(2, 90)
            method = dialect.method.format(**names)
            methods.append((length, method, names))
            pieces.append(method)
            length += len(method)
        pieces.append(dialect.closing.format())
        length += len(pieces[-1])
    chosen = random.randrange(len(methods) // 4, len(methods) * 3 // 4)
    start, method, names = methods[chosen]
    body = _body(method)
    new = body
    for before, after in dialect.marks:
        assert new.count(before.format(**names)) == 1
        new = new.replace(before.format(**names), after.format(**names))
    note = next(line for line in body.splitlines(keepends=True) if "note(" in line)
    new = new.replace(note, note + note.replace('note("', 'note("also ').replace(": ", " and "))
    text = "".join(pieces)
    return Target(
        language,
        f"depot{dialect.extension}",
        text,
        start + method.index(body),
        body,
        new,
        method,
        methods[chosen + 1][1],
    )


def _body(method: str) -> str:
    """A method without its head, its closing brace and the blank line behind it."""
    lines = method.rstrip("\n").splitlines(keepends=True)[1:]
    if lines[-1].strip() == "}":
        lines.pop()
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
