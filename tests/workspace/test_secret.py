"""What holds credentials. Those below are put together here, so that no file has one."""

import time

import pytest

from kimi_lsp.workspace.secret import secret_at, secret_name

LETTERS = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0eR"


def random(length: int) -> str:
    return (LETTERS * 8)[:length]


def hexadecimal(length: int) -> str:
    return ("0a1b2c3d4e5f6978" * 8)[:length]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("key = AKIA" + "ABCDEFGHIJKLMNOP", id="aws"),
        pytest.param("ASIA" + "Q2W4E5R6T7Y2U4I5", id="aws-for-a-session"),
        pytest.param("aws_secret_access" + "_key = " + random(40), id="aws-secret"),
        pytest.param("AI" + "za" + random(35), id="google"),
        pytest.param(
            "DefaultEndpointsProtocol=https;Account" + "Key=" + random(86) + "==", id="azure-storage"
        ),
        pytest.param("'abc8" + "Q~" + random(34) + "'", id="azure"),
        pytest.param("dop" + "_v1_" + hexadecimal(64), id="digitalocean"),
        pytest.param("dapi" + hexadecimal(32), id="databricks"),
        pytest.param('"gh' + "p_" + "a1" * 20 + '"', id="github"),
        pytest.param("github" + "_pat_" + random(82), id="github-fine-grained"),
        pytest.param("glpat" + "-" + random(20), id="gitlab"),
        pytest.param("//registry.npmjs.org/:_authToken=npm" + "_" + random(36), id="npm"),
        pytest.param("pypi-" + "AgEIcHlwaS5vcmc" + random(70), id="pypi"),
        pytest.param("dckr" + "_pat_" + random(27), id="docker"),
        pytest.param("sk" + "_live_" + random(24), id="stripe"),
        pytest.param("rk" + "_live_" + random(24), id="stripe-restricted"),
        pytest.param("(sk" + "_live_" + random(10) + ")", id="stripe-the-shortest"),
        pytest.param("shpat" + "_" + hexadecimal(32), id="shopify"),
        pytest.param("SG" + "." + random(22) + "." + random(43), id="sendgrid"),
        pytest.param("xox" + "b-" + "a1" * 12, id="slack"),
        pytest.param("https://hooks.slack" + ".com/services/" + random(44), id="slack-hook"),
        pytest.param("sk-" + "proj-" + "a1" * 12, id="model-service"),
        pytest.param("sk-" + "ant-api03-" + random(93) + "AA", id="anthropic"),
        pytest.param("sk-" + random(20) + "T3Blbk" + "FJ" + random(20), id="openai-of-old"),
        pytest.param("sk-" + random(48), id="moonshot"),
        pytest.param(
            "-----BEGIN RSA " + "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
            "DEK-Info: AES-128-CBC,2AF2\n\n" + random(64),
            id="private-key-with-a-passphrase",
        ),
        pytest.param("hf" + "_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH", id="hugging-face"),
        pytest.param("Bearer " + "eyJ" + random(20) + ".ey" + "J" + random(30) + "." + random(43), id="jwt"),
        pytest.param("-----BEGIN EC " + "PRIVATE KEY-----\n" + random(64), id="private-key"),
        pytest.param(
            '{"type": "service_account", "private_key": "-----BEGIN ' + "PRIVATE KEY-----\\n" + random(64),
            id="json",
        ),
    ],
)
def test_a_credential(text: str) -> None:
    assert secret_at(f"one\n{text}\n") is not None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("XAKIA" + "ABCDEFGHIJKLMNOP", id="in-a-word"),
        pytest.param("AKIA" + "ABCDEFGHIJKLMNOPQ", id="too-long"),
        pytest.param("AKIA" + "IOSFODNN7EXAMPLE", id="amazon's-example"),
        pytest.param("task-" + "proj-" + "a1" * 12, id="in-a-longer-word"),
        pytest.param("sk-learn-" + "a1" * 12, id="no-key"),
        pytest.param("sk-" + "proj-" + "x" * 40, id="placeholder"),
        pytest.param("gh" + "p_" + "X" * 36, id="placeholder-in-capitals"),
        pytest.param("-----BEGIN PUBLIC KEY-----\n" + random(64), id="public"),
        pytest.param('if "-----BEGIN RSA ' + 'PRIVATE KEY-----" in text:', id="the-marker-alone"),
        pytest.param("npm_config_registry = npm_package_json", id="variables"),
        pytest.param('password = "hunter2"; api_key = os.environ["API_KEY"]', id="talks-of-passwords"),
        pytest.param("postgresql://user:password@localhost/test", id="address"),
        pytest.param("hf_hub_download_the_weights_of_a_model_here", id="function"),
        pytest.param("sha256-" + random(43) + "=", id="digest"),
        pytest.param(
            "eyJ" + random(20) + ".eyJzdWIiOiIxMjM0NTY3ODkw" + random(30) + "." + random(43), id="jwt.io"
        ),
        pytest.param("123e4567-e89b-12d3-a456-426614174000", id="uuid"),
    ],
)
def test_no_credential(text: str) -> None:
    assert secret_at(f"one\n{text}\n") is None


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        (".env", True),
        (".env.production", True),
        (".env.example", False),
        (".env-local", True),
        (".envrc", True),
        ("prod.env", True),
        ("example.env", False),
        ("prod.tfvars", True),
        ("terraform.tfstate", True),
        ("envelope.py", False),
        (".docker/config.json", True),
        ("home/.kube/config", True),
        ("docker/config.json", False),
        ("my.kube/config", False),
        ("deploy/prod.env", True),
        ("credentials", True),
        ("credentials.json", True),
        ("credentials.py", False),
        ("secrets.yaml", True),
        ("secrets.py", False),
        ("service-account-prod.json", True),
        ("id_rsa", True),
        ("server.pem", True),
        ("environment.py", False),
        ("keys.py", False),
    ],
)
def test_names(name: str, secret: bool) -> None:
    assert secret_name(name) is secret


@pytest.mark.parametrize(
    "piece",
    [
        "x = 1\n",
        "PRIVATE KEY-----\n",
        "-----BEGIN A ",
        "foxoxb-AKIA\n",
        "-",
        "eyJ",
        "eyJaaaaaaaaaaaaaaa.",
        "sk-projx ",
        "sk-" + "a" * 20 + " ",
        "RSA PRIVATE KEY-----\na-b",
    ],
)
def test_a_large_text_is_searched_at_once(piece: str) -> None:
    text = piece * (2_000_000 // len(piece))
    started = time.process_time()
    assert secret_at(text) is None
    assert time.process_time() - started < 1.0
