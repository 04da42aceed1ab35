import pytest

from kimi_lsp.settings import Secret, Settings, from_environment, merge


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        pytest.param({"model": {"timeout": 3}}, "unknown setting model.timeout; known: preset", id="unknown"),
        pytest.param({"speed": 3}, "unknown setting speed; known: model", id="unknown-section"),
        pytest.param(
            {"model": {"read_timeout_s": "3"}}, "model.read_timeout_s: expected float, got", id="type"
        ),
        pytest.param(
            {"model": {"read_timeout_s": -1}}, "model.read_timeout_s: expected float > 0.0", id="range"
        ),
        pytest.param({"edits": {"apply": "now"}}, "edits.apply: Invalid enum value 'now'", id="choice"),
        pytest.param({"model": []}, "model must be an object, not an array", id="section-is-array"),
        pytest.param("fast", "settings must be an object, not a string", id="not-a-tree"),
        pytest.param(
            {"model": {"api_key": 5}}, "model.api_key must be a string, not a number", id="key-type"
        ),
        pytest.param(
            {"limits": {"turns": True}}, "limits.turns: expected int, got bool", id="bool-is-no-int"
        ),
        pytest.param(
            {"prices": {"m": {"input": 1}}}, "prices: Object missing required field output", id="price"
        ),
    ],
)
def test_refused_by_name(sent: object, sentence: str) -> None:
    settings, (refused,) = merge(Settings(), sent)
    assert refused.startswith(sentence)
    assert settings == Settings()


def test_the_rest_holds() -> None:
    settings, refused = merge(Settings(), {"model": {"name": "m", "bogus": 1}, "limits": {"turns": 2}})
    assert (settings.model.name, settings.limits.turns, len(refused)) == ("m", 2, 1)


@pytest.mark.parametrize("sent", [None, {}, {"model": None}, {"model": {"name": None}}])
def test_null_is_nothing(sent: object) -> None:
    assert merge(Settings(), sent) == (Settings(), ())


def test_key_is_never_shown() -> None:
    settings, refused = merge(Settings(), {"model": {"api_key": "sk-aig-hush", "name": 1}})
    assert settings.model.api_key == Secret("sk-aig-hush")
    assert "hush" not in repr(settings) + str(settings) + f"{settings.model.api_key}" + "".join(refused)


def test_environment_first_key_wins() -> None:
    settings, problems = from_environment({"AIG_KEY": "second", "AIGATEWAY_API_KEY": "first", "OTHER": "x"})
    assert (settings.model.api_key.value, problems) == ("first", ())


def test_environment_is_refused_by_its_name() -> None:
    settings, (problem,) = from_environment({"KIMI_LSP_PRESET": "acme"})
    assert problem.startswith("KIMI_LSP_PRESET: model.preset: Invalid enum value 'acme'")
    assert settings == Settings()
