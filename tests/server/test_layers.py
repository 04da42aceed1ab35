"""Settings by source: who wins, and whom the environment's key reaches."""

from typing import Any, NamedTuple

import pytest

from kimi_lsp.server.layers import INITIALIZATION_OPTIONS, Layers

KEY = {"AIGATEWAY_API_KEY": "sk-aig-environment"}
HERE = "http://127.0.0.1:9/v1"
THERE = "https://evil.example/v1"


def layers(environment: dict[str, str], options: object = None, **sent: object) -> Layers:
    made = Layers(environment)
    made.lay(INITIALIZATION_OPTIONS, options)
    for source, settings in sent.items():
        made.lay(source, settings)
    return made


def model(**settings: object) -> dict[str, Any]:
    return {"model": settings}


@pytest.mark.parametrize(
    ("environment", "options", "project", "key"),
    [
        pytest.param({}, None, None, "sk-aig-environment", id="defaults"),
        pytest.param({}, None, model(name="m"), "sk-aig-environment", id="another-model"),
        pytest.param({}, None, model(base_url=THERE), "", id="another-address"),
        pytest.param({}, None, model(preset="moonshot"), "", id="another-preset"),
        pytest.param({}, None, model(base_url=THERE, api_key="own"), "own", id="with-a-key-of-its-own"),
        pytest.param({}, None, model(api_key="own"), "own", id="another-key"),
        pytest.param({}, None, model(api_key=""), "sk-aig-environment", id="an-empty-key-is-none"),
        pytest.param({}, model(base_url=THERE), None, "sk-aig-environment", id="the-user-says-where"),
        pytest.param(
            {}, model(base_url=HERE), model(base_url=HERE + "/"), "sk-aig-environment", id="same-address"
        ),
        pytest.param({}, model(base_url=HERE), model(base_url=THERE), "", id="not-where-the-user-says"),
        pytest.param({}, model(preset="moonshot"), None, "sk-aig-environment", id="the-user-says-which"),
        pytest.param(
            {"KIMI_LSP_BASE_URL": HERE}, None, model(base_url=HERE), "sk-aig-environment", id="environment"
        ),
        pytest.param(
            {"KIMI_LSP_BASE_URL": HERE},
            None,
            model(base_url="https://api.aigateway.sh/v1"),
            "sk-aig-environment",
            id="the-presets-own",
        ),
        pytest.param({"KIMI_LSP_BASE_URL": HERE}, None, model(base_url=THERE), "", id="not-there"),
        pytest.param({}, model(api_key="users"), model(base_url=THERE), "", id="a-key-by-the-client"),
    ],
)
def test_where_the_environments_key_goes(
    environment: dict[str, str], options: object, project: object, key: str
) -> None:
    made = layers({**KEY, **environment}, options, configuration=project)
    assert made.settings.model.api_key.value == key
    assert made.key_withheld == (key == "")
    assert made.problems == ()


@pytest.mark.parametrize("refused", [5, "two words", "\u00e9"])
def test_a_key_that_is_refused_brings_no_other_along(refused: object) -> None:
    made = layers({}, model(api_key="users"), configuration=model(base_url=THERE, api_key=refused))
    assert (made.settings.model.api_key.value, made.key_withheld) == ("", True)


def test_the_last_to_speak_wins() -> None:
    made = layers({}, model(name="a"), pushed=model(name="b"), pulled=model(name="c"))
    assert made.settings.model.name == "c"
    made.lay("pushed", model(name="d"))
    assert made.settings.model.name == "d"
    made.lay("pushed", None)
    assert made.settings.model.name == "c"


def test_what_is_refused_is_remembered_until_it_is_taken_back() -> None:
    made = layers({"KIMI_LSP_BASE_URL": "ftp://x"}, {"a": 1}, pushed={"b": 1})
    assert [problem.split(";")[0].split(" must")[0] for problem in made.problems] == [
        "KIMI_LSP_BASE_URL: model.base_url", "unknown setting a", "unknown setting b"
    ]  # fmt: skip
    made.lay("pushed", {})
    assert len(made.problems) == 2


def test_the_suffix_is_frozen_after_the_start() -> None:
    made = layers({}, {"commands": {"suffix": ".one"}}, pushed={"commands": {"suffix": ".one"}})
    assert (made.settings.commands.suffix, made.problems) == (".one", ())
    made.lay("pushed", {"commands": {"suffix": ".two"}})
    why = "commands can be set by the initialization options only: the commands are registered once"
    assert (made.settings.commands.suffix, made.problems) == (".one", (why,))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"checkers": {"table": {"mine": {"command": ["./evil"]}}}}, id="checkers"),
        pytest.param({"languages": {"mine": {"module": "evil", "extensions": [".x"]}}}, id="languages"),
        pytest.param({"recording": {"folder": "/elsewhere"}}, id="recording"),
    ],
)
def test_what_may_run_or_be_written_is_the_users_own(sent: dict[str, object]) -> None:
    made = layers({}, None, pushed=sent)
    assert made.settings == layers({}).settings
    (problem,) = made.problems
    assert problem.startswith(f"{next(iter(sent))} can be set by the initialization options only: ")
    assert layers({}, sent).problems == ()


SPENT = {"limits": {"cost_usd": 0.1}, "budget": {"per_day_usd": 2}}


@pytest.mark.parametrize(
    ("options", "sent", "cost_usd", "per_day_usd", "problems"),
    [
        pytest.param(SPENT, {"limits": {"cost_usd": 50}}, 0.1, 2, 1, id="a-higher-limit"),
        pytest.param(SPENT, {"budget": {"per_day_usd": 50}}, 0.1, 2, 1, id="a-higher-budget"),
        pytest.param(SPENT, {"budget": {"per_day_usd": 0}}, 0.1, 2, 1, id="no-budget"),
        pytest.param(SPENT, {"limits": {"cost_usd": 0.01}}, 0.01, 2, 0, id="a-lower-limit"),
        pytest.param(SPENT, {"budget": {"per_day_usd": 1}}, 0.1, 1, 0, id="a-lower-budget"),
        pytest.param(SPENT, {"limits": {"turns": 3}}, 0.1, 2, 0, id="another"),
        pytest.param(None, SPENT, 0.1, 2, 0, id="where-the-user-has-none"),
        pytest.param(None, {"limits": {"cost_usd": 5}}, 5, 0, 0, id="above-the-default"),
    ],
)
def test_what_may_be_spent_is_only_lowered(
    options: object, sent: object, cost_usd: float, per_day_usd: float, problems: int
) -> None:
    made = layers({}, options, configuration=sent)
    assert made.settings.limits.cost_usd == cost_usd
    assert made.settings.budget.per_day_usd == per_day_usd
    assert len(made.problems) == problems
    assert all("is set by the user, and can only be lowered here" in problem for problem in made.problems)


def test_prices_are_not_changed_below_a_budget() -> None:
    free = {"prices": {"moonshot/kimi-k2.7-code": {"input": 0, "output": 0}}}
    made = layers({}, {"budget": {"per_day_usd": 2}}, configuration=free)
    assert made.settings.prices == layers({}).settings.prices
    assert len(made.problems) == 1
    assert layers({}, None, configuration=free).problems == ()


class Object(NamedTuple):
    """What lsprotocol makes of an object whose shape it does not know."""

    kimi: Any


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"kimi": model(name="m"), "python": {"x": 1}}, id="all-sections"),
        pytest.param({"kimi": model(name="m")}, id="its-section"),
        pytest.param(model(name="m"), id="bare"),
        pytest.param(Object(model(name="m")), id="lsprotocols"),
    ],
)
def test_the_section_may_be_wrapped(sent: object) -> None:
    made = layers({}, sent)
    assert (made.settings.model.name, made.problems) == ("m", ())
