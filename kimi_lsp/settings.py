"""What a client or the environment may set. Frozen, checked once, and what is unknown is refused by name.

A client sends a tree of plain values (initialization options, ``workspace/configuration``); ``merge`` lays it
over the settings in force and names every value that it refused. The rest holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

Seconds = Annotated[float, Meta(gt=0, le=3600)]
Count = Annotated[int, Meta(ge=1)]
Switch = bool


class Secret(Struct, frozen=True):
    """A value that no log, message or recording may show."""

    value: str = ""

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return "Secret(set)" if self.value else "Secret(unset)"

    __str__ = __repr__


class ModelSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Which service is asked, and how long it may take (kimi.md)."""

    preset: Literal["aigateway", "moonshot", "vllm", "sglang", "ollama", "llamacpp"] = "aigateway"
    base_url: str = ""
    name: str = ""
    api_key: Secret = Secret()
    max_tokens: Annotated[int, Meta(ge=256, le=262_144)] = 16_384
    extra_body: dict[str, Any] = {}
    connect_timeout_s: Seconds = 5.0
    first_byte_timeout_s: Seconds = 60.0
    read_timeout_s: Seconds = 60.0
    total_timeout_s: Seconds = 600.0
    requests_per_minute: Annotated[int, Meta(ge=0, le=100_000)] = 0
    tag: str = "kimi-lsp"


class LimitSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a job ends, whatever the model says."""

    turns: Count = 16
    repairs: Annotated[int, Meta(ge=0, le=10)] = 3
    seconds: Seconds = 600.0
    tokens: Count = 400_000
    cost_usd: Annotated[float, Meta(gt=0)] = 1.0


class BudgetSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars that may be spent; 0 is no limit. Checked before anything is sent."""

    per_day_usd: Annotated[float, Meta(ge=0)] = 0.0
    per_month_usd: Annotated[float, Meta(ge=0)] = 0.0


class Price(Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars per million tokens, and the gateway's fee as a fraction."""

    input: Annotated[float, Meta(ge=0)]
    output: Annotated[float, Meta(ge=0)]
    cached: Annotated[float, Meta(ge=0)] | None = None
    fee: Annotated[float, Meta(ge=0, le=1)] = 0.0


class EditSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How edits are delivered, and which guards they pass. The path guard has no switch."""

    apply: Literal["atomic", "progressive"] = "atomic"
    confirm: Literal["never", "other_files", "always"] = "other_files"
    syntax_guard: Switch = True
    omission_guard: Switch = True
    lost_symbol_guard: Switch = True
    max_file_kb: Count = 2_048
    max_changed_files: Count = 50


class ContextSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent along."""

    budget_tokens: Annotated[int, Meta(ge=500, le=200_000)] = 12_000
    instructions: str = ""
    instruction_files: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    index: Switch = True


class ShowSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What the user sees of a job, and which optional features of the protocol are offered."""

    reasoning_in_explanations: Switch = False
    syntax_fixes: Switch = True
    syntax_diagnostics: Switch = False
    document_symbols: Switch = False
    folding: Switch = False
    code_lens: Switch = False
    status_notifications: Switch = False


class HoverSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What a hover on a symbol without an explanation does.

    ``explicit`` starts one and shows a card, ``kept`` shows nothing and costs nothing; ``auto`` is the first where
    the client's hover is a key that somebody pressed (clients.md).
    """

    mode: Literal["auto", "explicit", "kept", "off"] = "auto"


class JobSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How many jobs that change nothing may run at once."""

    reading: Annotated[int, Meta(ge=1, le=64)] = 4


class Checker(Struct, frozen=True, forbid_unknown_fields=True):
    """A program that finds problems in a file.

    ``command`` may hold ``{file}``, the name of the file, and ``{path}``, where its text lies; without ``{path}`` the
    text is its standard input. ``output`` is how its findings are read: ``pattern`` by a regular expression with the
    groups ``line`` and ``message`` and, if it can, ``file``, ``column``, ``code`` and ``severity``.
    """

    command: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    output: Literal["pattern", "ruff", "eslint", "shellcheck", "cargo"] = "pattern"
    pattern: str = ""
    whole_project: Switch = False
    enabled: Switch = True
    timeout_s: Seconds = 30.0


class CheckerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Which checkers are run, and rows beside or in place of the built-in ones. The user's own settings only, for
    they name programs.
    """

    enabled: Switch = True
    verify: Switch = True
    table: dict[str, Checker] = {}


class CustomAction(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of the menu that the user has worded. Without ``languages`` it is offered in all."""

    title: Annotated[str, Meta(min_length=1, max_length=80)]
    instruction: Annotated[str, Meta(min_length=1, max_length=8_000)]
    languages: tuple[str, ...] = ()
    kind: Literal["quickfix", "refactor.rewrite", "kimi.explain"] = "refactor.rewrite"
    tools: Literal["edit", "files", "read"] = "edit"


class ActionSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Which built-in actions are not offered, and the user's own by their id."""

    off: tuple[str, ...] = ()
    custom: dict[Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,40}$")], CustomAction] = {}


class Grammar(Struct, frozen=True, forbid_unknown_fields=True):
    """A language that the table lacks, by an installed wheel. The user's own settings only, for it names code."""

    module: Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$")]
    extensions: tuple[str, ...]
    function: str = "language"
    line_comment: str = ""
    query: str = ""


class RecordingSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where jobs are recorded for replay; an empty folder records nothing."""

    folder: str = ""


class CommandSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Command names must be unique in some clients; the suffix makes them so. Initialization options only, for the
    commands are registered once.
    """

    suffix: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{0,32}$")] = ""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it; each section's defaults are the product's."""

    model: ModelSettings = ModelSettings()
    prices: dict[str, Price] = {}
    limits: LimitSettings = LimitSettings()
    budget: BudgetSettings = BudgetSettings()
    edits: EditSettings = EditSettings()
    context: ContextSettings = ContextSettings()
    show: ShowSettings = ShowSettings()
    hover: HoverSettings = HoverSettings()
    jobs: JobSettings = JobSettings()
    actions: ActionSettings = ActionSettings()
    checkers: CheckerSettings = CheckerSettings()
    languages: dict[str, Grammar] = {}
    recording: RecordingSettings = RecordingSettings()
    commands: CommandSettings = CommandSettings()


ENVIRONMENT = {
    "AIGATEWAY_API_KEY": ("model", "api_key"),
    "AIG_KEY": ("model", "api_key"),
    "KIMI_LSP_BASE_URL": ("model", "base_url"),
    "KIMI_LSP_MODEL": ("model", "name"),
    "KIMI_LSP_PRESET": ("model", "preset"),
}
"""Environment variable -> setting. The first one that is set wins; what a client sends wins over both."""


def from_environment(environment: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
    """The defaults, with what the environment says laid over them, and the sentences for what was refused."""
    settings, problems = Settings(), []
    for name, (section, key) in reversed(ENVIRONMENT.items()):
        if value := environment.get(name, "").strip():
            settings, refused = merge(settings, {section: {key: value}})
            problems += [f"{name}: {sentence}" for sentence in refused]
    return settings, tuple(problems)


def merge(settings: Settings, sent: object) -> tuple[Settings, tuple[str, ...]]:
    """Lay what a client sent over ``settings``.

    ``None`` and ``{}`` change nothing. Returns the new settings and a sentence for each value that was
    refused; sentences name the setting and what would be accepted, never a secret's value.
    """
    return _merged(settings, sent, "")


_Section = TypeVar("_Section", bound=Struct)


def _merged(section: _Section, sent: object, prefix: str) -> tuple[_Section, tuple[str, ...]]:
    if sent is None:
        return section, ()
    if not isinstance(sent, Mapping):
        return section, (f"{prefix.rstrip('.') or 'settings'} must be an object, not {_kind(sent)}",)
    kinds = get_type_hints(type(section), include_extras=True)
    accepted: dict[str, Any] = {}
    refused: list[str] = []
    for key, value in sent.items():
        name = f"{prefix}{key}"
        if key not in kinds:
            refused.append(f"unknown setting {name}; known: {', '.join(kinds)}")
        elif isinstance(current := getattr(section, key), Struct) and not isinstance(current, Secret):
            accepted[key], inner = _merged(current, value, f"{name}.")
            refused += inner
        elif value is not None:
            _accept(accepted, refused, key, value, kinds[key], name)
    return msgspec.structs.replace(section, **accepted), tuple(refused)


def _accept(
    accepted: dict[str, Any], refused: list[str], key: str, value: object, kind: Any, name: str
) -> None:
    if kind is Secret and isinstance(value, str):
        value = Secret(value.strip())
    elif kind is Secret:
        refused.append(f"{name} must be a string, not {_kind(value)}")
        return
    try:
        accepted[key] = value if kind is Secret else msgspec.convert(_whole(value, kind), kind)
    except msgspec.ValidationError as error:
        reason = str(error).replace("`", "").replace("Expected", "expected").replace(" - at $", " at ")
        refused.append(f"{name}: {reason}")
        return
    if why := _CHECKS.get(name, _nothing_wrong)(accepted[key]):
        del accepted[key]
        refused.append(f"{name} {why}")


def _whole(value: object, kind: Any) -> object:
    """3.0 where an integer is wanted is 3: some editors know no integers."""
    wanted = kind.__origin__ if get_origin(kind) is Annotated else kind
    return int(value) if wanted is int and isinstance(value, float) and value.is_integer() else value


def _nothing_wrong(value: object) -> str:
    return ""


def _check_base_url(value: str) -> str:
    """Why it is no address; never repeats it, for it may hold a password."""
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        good = plain and parts.port != 0 and value.isprintable() and " " not in value
    except ValueError:
        good = False
    return "" if good else "must be an http or https address without a user name, such as https://host/v1"


def _check_key(value: Secret) -> str:
    good = value.value.isascii() and value.value.isprintable() and " " not in value.value
    return "" if good else "has characters that no key has"


def _check_extra_body(value: Mapping[str, Any]) -> str:
    ours = [name for name in _OURS if name in value]
    return f"may not set {', '.join(ours)}" if ours else ""


_OURS = ("messages", "model", "stream", "stream_options", "tools")
_CHECKS: dict[str, Callable[[Any], str]] = {
    "model.base_url": _check_base_url,
    "model.api_key": _check_key,
    "model.extra_body": _check_extra_body,
}
"""What a type does not say: why a value is refused, empty where it is not."""


def _kind(value: object) -> str:
    names = {str: "a string", bool: "a boolean", int: "a number", float: "a number", list: "an array"}
    return names.get(type(value), "null" if value is None else "an object")
