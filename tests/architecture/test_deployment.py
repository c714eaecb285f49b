"""The files that put the service into containers, read as text: they are not built here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.routing import iter_route_contexts

from service.app import create_app
from service.live import LiveAssistant
from service.settings import Settings, secret_fields
from service.storage.engine import open_engine
from tests.builders import some_settings
from tests.fakes.answers import FakeAnswers

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
CADDYFILE = (ROOT / "Caddyfile").read_text("utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
KNOWN = {f"TROLY_{field.upper()}" for field in Settings.model_fields}
SECRETS = {f"TROLY_{field.upper()}" for field in secret_fields()}
#: What the office's own people and programs open, and what monitoring asks: never public.
INSIDE = ("/admin", "/api/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")
PUBLIC = (
    *("/", "/chat/messages", "/documents", "/documents/407-qd-ttg", "/static/chat.js"),
    *("/webhooks/zalo", "/webhooks/telegram", "/widget.js", "/files/abc", "/zalo_verifierAb1.html"),
)


def stages() -> dict[str, list[str]]:
    """Name of each stage of the Dockerfile → its instructions."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in DOCKERFILE.splitlines():
        if start := re.match(r"FROM \S+ AS (\w+)", line):
            lines = found.setdefault(start[1], [])
        elif line.strip() and not line.startswith("#"):
            lines.append(" ".join(line.split()))
    return found


def published() -> list[str]:
    """The paths that the Caddyfile lets through to the service."""
    [paths] = re.findall(r"^\s*path (.+)$", CADDYFILE, re.MULTILINE)
    return paths.split()


def is_public(path: str) -> bool:
    return any(
        path.startswith(rule.removesuffix("*")) if rule.endswith("*") else path == rule
        for rule in published()
    )


# --- the compose file ---------------------------------------------------------------------------


def test_these_are_the_services() -> None:
    assert set(SERVICES) == {"service", "worker", "database", "caddy"}


@pytest.mark.parametrize("name", ["docker-compose.yml", "Caddyfile", "Dockerfile"])
def test_every_variable_is_a_setting(name: str) -> None:
    variables = set(re.findall(r"TROLY_[A-Z_]+", (ROOT / name).read_text("utf-8")))
    assert variables
    assert variables <= KNOWN | {f"{secret}_FILE" for secret in SECRETS}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_whether_it_is_well(service: str) -> None:
    check = SERVICES[service]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert len(check["test"]) > 1
    assert {"interval", "timeout"} <= set(check)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_do_little(service: str) -> None:
    told = SERVICES[service]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", told["user"])
    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert set(told.get("cap_add", [])) <= {"NET_BIND_SERVICE"}
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in told


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_until_others_are_well(service: str) -> None:
    others = SERVICES[service].get("depends_on", {})
    assert all(how == {"condition": "service_healthy"} for how in others.values())
    assert service == "database" or others


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_not_built_here_is_named_with_its_version(service: str) -> None:
    told = SERVICES[service]
    if "build" in told:
        assert told["build"]["target"] in stages()
    else:
        assert re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*", told["image"])


def given() -> Iterator[tuple[str, str, str]]:
    """Service, variable and value."""
    for service, told in SERVICES.items():
        for name, value in told.get("environment", {}).items():
            yield service, name, str(value)


def test_a_secret_is_only_ever_a_file() -> None:
    spoken = re.compile(r"SECRET|TOKEN|PASSWORD|KEY|VERIFIER|DATABASE_URL")
    for service, name, value in given():
        if spoken.search(name):
            assert name.endswith("_FILE"), name
            secret = value.removeprefix("/run/secrets/")
            assert secret in SERVICES[service]["secrets"], name
            assert COMPOSE["secrets"][secret] == {"file": f"./secrets/{secret}"}


def test_every_secret_setting_has_its_file() -> None:
    for service in ("service", "worker"):
        files = {name.removesuffix("_FILE") for s, name, _ in given() if s == service}
        assert files >= SECRETS


def test_no_secret_lies_in_the_tree_or_in_the_image() -> None:
    for name in (".gitignore", ".dockerignore"):
        lines = (ROOT / name).read_text("utf-8").split()
        assert {"secrets", "secrets/"} & set(lines), name
        assert ".env" in lines, name
    assert not re.search(r"://[^\s/]+:[^\s/@]+@", (ROOT / "docker-compose.yml").read_text("utf-8"))


def test_only_the_proxy_is_open_to_others() -> None:
    for service, told in SERVICES.items():
        ports = told.get("ports", [])
        assert service == "caddy" or all(port.startswith("127.0.0.1:") for port in ports), service
    assert "ports" not in SERVICES["database"]
    assert SERVICES["database"]["networks"] == ["back"]
    assert COMPOSE["networks"]["back"]["internal"] is True


def test_the_proxy_alone_says_who_asks() -> None:
    allowed = SERVICES["service"]["environment"]["FORWARDED_ALLOW_IPS"]
    assert SERVICES["caddy"]["networks"]["front"]["ipv4_address"] == allowed


def test_answers_and_sending_are_processes_of_their_own() -> None:
    assert "--no-worker" in SERVICES["service"]["command"]
    assert SERVICES["worker"]["command"][1:] == ["worker"]
    assert SERVICES["worker"]["volumes"] == SERVICES["service"]["volumes"]


def test_whatever_is_written_is_kept() -> None:
    used = {mount.split(":")[0] for told in SERVICES.values() for mount in told.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


# --- the Dockerfile -----------------------------------------------------------------------------


def test_the_service_is_what_is_built_by_default() -> None:
    assert [*stages()][-1] == "service"


def test_the_environment_is_installed_by_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    steps = re.findall(r"&& make (\S+)", DOCKERFILE)
    assert steps == ["install"]
    assert set(steps) <= targets
    assert not re.search(r"\b(?:pip|uv|venv) ", DOCKERFILE)


def test_the_skeleton_has_every_package() -> None:
    """`make install` runs before the code is copied: setuptools wants the folders all the same."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    copied = set(re.findall(r"COPY \S+ (\w+)/__init__\.py \1/", DOCKERFILE))
    [made] = re.findall(r"mkdir -p (.+?) &&", DOCKERFILE)
    skeleton = copied | {folder.replace("/", ".") for folder in made.split()}
    whole = skeleton | {folder.rsplit(".", 1)[0] for folder in skeleton if "." in folder}
    whole |= {folder.rsplit(".", 1)[0] for folder in whole if "." in folder}
    assert whole >= set(listed["packages"])


@pytest.mark.parametrize("stage", ["service", "caddy"])
def test_an_image_does_not_run_as_root(stage: str) -> None:
    users = [line.split()[1] for line in stages()[stage] if line.startswith("USER ")]
    assert users[-1:] == [SERVICES[stage]["user"]]
    assert SERVICES["worker"]["user"] == SERVICES["service"]["user"]


# --- the proxy ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*INSIDE, "/admin/alerts", "/api/ask", "/webhooks", "/adminx"])
def test_what_stays_inside_is_not_published(path: str) -> None:
    assert not is_public(path)


def test_every_route_is_meant_for_the_outside_or_not(tmp_path: Path) -> None:
    """A new route is named in the Caddyfile or belongs to INSIDE: nobody forgets to decide."""
    settings = some_settings(tmp_path)
    engine = open_engine(settings.storage_url)
    app = create_app(settings, LiveAssistant(FakeAnswers, lambda: 0), engine)
    paths = {re.sub(r"{[^}]*}", "x", route.path) for route in iter_route_contexts(app.routes)}
    engine.dispose()
    assert len(paths) > 8
    assert sorted(p for p in paths if not is_public(p) and not p.startswith(INSIDE)) == []


@pytest.mark.parametrize("path", PUBLIC)
def test_what_people_and_channels_need_is_published(path: str) -> None:
    assert is_public(path)


def test_the_rest_ends_at_the_proxy() -> None:
    site = CADDYFILE[CADDYFILE.index("{$TROLY_PUBLIC_URL}") :]
    assert re.findall(r"handle (@?\w*) ?\{\s+(?:#.*\s+)?(\w+ \S+)", site) == [
        ("@public", "reverse_proxy service:8000"),
        ("", "respond 404"),
    ]
    assert "admin off" in CADDYFILE
    assert '.contains("..")' in site


def test_the_proxy_listens_where_its_ports_lead() -> None:
    inner = set(re.findall(r"https?_port (\d+)", CADDYFILE))
    assert {port.split(":")[1] for port in SERVICES["caddy"]["ports"]} == inner


# --- what is said of all this -------------------------------------------------------------------


def test_the_manual_says_that_images_are_not_built_by_the_tests() -> None:
    assert "These images are not built in CI" in " ".join(OPERATIONS.split())
    assert "docker" not in (ROOT / ".ci/run").read_text("utf-8")


def test_the_manual_makes_every_secret_file() -> None:
    [listed] = re.findall(r"for name in (.+?); do", OPERATIONS.replace("\\\n", " "))
    assert set(listed.split()) == set(COMPOSE["secrets"])
