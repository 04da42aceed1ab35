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


ADDRESS = "model.base_url must be an http or https address without a user name, such as https://host/v1"


@pytest.mark.parametrize(
    "address",
    ["hush", "ftp://hush.example/v1", "https://me:hush@x.example/v1", "http://hush@x", "http://", "http://[hush",
     "http://hush:99999/v1", "http://hush example/v1", "//hush/v1"],
)  # fmt: skip
def test_an_address_is_http_and_never_repeated(address: str) -> None:
    settings, (refused,) = merge(Settings(), {"model": {"base_url": address}})
    assert (settings, refused) == (Settings(), ADDRESS)
    _, (refused,) = from_environment({"KIMI_LSP_BASE_URL": address})
    assert refused == f"KIMI_LSP_BASE_URL: {ADDRESS}"


@pytest.mark.parametrize(
    "address", ["", "http://127.0.0.1:8000/v1", "https://x.example", "http://[::1]:8000/v1/"]
)
def test_an_address(address: str) -> None:
    settings, refused = merge(Settings(), {"model": {"base_url": address}})
    assert (settings.model.base_url, refused) == (address, ())


@pytest.mark.parametrize("key", ["sk-é-hush", "sk-hush\nX-Evil: 1", "sk hush", "sk-hush\x00"])
def test_a_key_that_no_header_carries(key: str) -> None:
    settings, (refused,) = merge(Settings(), {"model": {"api_key": key}})
    assert (settings, refused) == (Settings(), "model.api_key has characters that no key has")
    _, (refused,) = from_environment({"AIG_KEY": key})
    assert refused == "AIG_KEY: model.api_key has characters that no key has"


def test_whole_floats_are_integers() -> None:
    settings, refused = merge(Settings(), {"limits": {"turns": 3.0, "repairs": 2.5}})
    assert (settings.limits.turns, type(settings.limits.turns), len(refused)) == (3, int, 1)


@pytest.mark.parametrize("name", ["messages", "model", "stream", "tools", "stream_options"])
def test_extra_body_does_not_say_what_is_asked(name: str) -> None:
    settings, (refused,) = merge(Settings(), {"model": {"extra_body": {name: 1, "seed": 2}}})
    assert (settings, refused) == (Settings(), f"model.extra_body may not set {name}")
