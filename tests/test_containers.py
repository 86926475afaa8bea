"""The container's image and the services around it: what can be told without building or starting them."""

import importlib.metadata
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
OURS = {"migrate", "web", "worker", "beat"}
# What the image is started with, without anything of this machine.
BARE = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": "/nonexistent"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """An installation as README.md describes it: the compose file, secrets, and an .env with one line."""
    made = tmp_path_factory.mktemp("installation")
    (made / "docker-compose.yml").write_text((ROOT / "docker-compose.yml").read_text())
    (made / ".env").write_text("PUBLIC_BASE_URL=https://lms.example\n")
    subprocess.run([sys.executable, ROOT / "tools/make_secrets.py", "secrets"], cwd=made, check=True)
    return made


def compose(folder: Path, *arguments: str) -> tuple[str, str]:
    """What `docker-compose config` says and complains of; the package on PyPI ends with 0 whatever happened."""
    command = [BIN / "docker-compose", *arguments]
    done = subprocess.run(command, cwd=folder, env=BARE, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def services(folder: Path) -> dict[str, dict[str, Any]]:
    said, complaints = compose(folder, "config", "--format", "json")
    assert complaints == ""
    return json.loads(said)["services"]


# ── The services ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("line", ["", "PUBLIC_BASE_URL=\n"])
def test_compose_refuses_to_start_without_an_address(folder, line):
    (folder / "empty.env").write_text(line)
    said, complaints = compose(folder, "--env-file", "empty.env", "config")
    assert (said, "PUBLIC_BASE_URL is missing" in complaints) == ("", True)


def test_every_service_is_watched_limited_and_locked_up(services):
    for name, service in services.items():
        # That of the web process stands in the image.
        assert name in {"migrate", "web"} or service["healthcheck"]["test"], name
        limits = service["deploy"]["resources"]["limits"]
        assert (name, bool(limits["memory"]), bool(limits["cpus"])) == (name, True, True)
        assert service["logging"]["options"] == {"max-file": "3", "max-size": "10m"}, name
        assert (name, service["read_only"], service["cap_drop"]) == (name, True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_nobody_but_the_proxy_has_a_port_or_a_right_of_root(services):
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}
    assert {name for name, service in services.items() if "cap_add" in service} == {"proxy"}
    assert services["proxy"]["cap_add"] == ["NET_BIND_SERVICE"]
    assert ("USER", "1000") in instructions()
    others = services.keys() - OURS - {"proxy"}
    assert {name: services[name].get("user") for name in others} == {"postgres": "postgres", "redis": "redis"}


def test_no_secret_stands_in_an_environment(services, folder):
    secrets = {path.read_text() for path in (folder / "secrets").iterdir() if path.is_file()}
    assert len(secrets) == 6
    kept = json.dumps({name: service.get("environment", {}) for name, service in services.items()})
    assert [secret for secret in secrets if secret in kept] == []
    for name in OURS:
        files = {key: value for key, value in services[name]["environment"].items() if key.endswith("_FILE")}
        given = {f"/run/secrets/{secret['source']}" for secret in services[name]["secrets"]}
        assert set(files.values()) - {"/tmp/alive"} == given


def test_processes_are_many_the_schedule_is_one_and_all_wait_for_the_migrations(services):
    replicas = {name: service["deploy"].get("replicas") for name, service in services.items() if name in OURS}
    assert replicas == {"migrate": None, "web": 2, "worker": 2, "beat": 1}
    for name in OURS - {"migrate"}:
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["restart"] == "no"


def test_data_outlives_the_containers(services):
    kept = {volume["target"] for service in services.values() for volume in service["volumes"] if "source" in volume}
    assert {"/data", "/backups", "/var/lib/postgresql/data"} <= kept


def test_secrets_are_made_once_and_only_their_owner_opens_the_folder(tmp_path):
    command = [sys.executable, str(ROOT / "tools/make_secrets.py"), str(tmp_path / "secrets")]
    subprocess.run(command, check=True, capture_output=True)
    before = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir() if path.is_file()}
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.count(": stays") == 6
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir() if path.is_file()} == before
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert before["postgres_password"] in before["database_url"]


def test_asking_for_help_makes_no_folder(tmp_path):
    command = [sys.executable, str(ROOT / "tools/make_secrets.py")]
    asked = subprocess.run([*command, "--help"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "FOLDER" in asked.stdout
    assert subprocess.run([*command, "--hlep"], cwd=tmp_path, check=False, capture_output=True).returncode == 2
    assert list(tmp_path.iterdir()) == []


# ── The image ────────────────────────────────────────────────────────────────────────────────────────────────────


def instructions() -> list[tuple[str, str]]:
    """(instruction, text) of the Dockerfile, each on one line."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], " ".join(line.split()[1:])) for line in lines if line.strip()]


def test_dockerfile_is_clean():
    done = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_step_of_the_image_is_one_of_the_makefile():
    """But for the system's packages and the user, which every machine has its own way for."""
    targets = set(re.findall(r"^([\w./]+)(?=[^\n=]*:)", (ROOT / "Makefile").read_text(), re.MULTILINE))
    built = []
    for instruction, text in instructions():
        if instruction == "RUN" and not text.startswith("apt-get "):
            [step] = re.findall(r"\bmake ([\w./]+)", text)
            assert step in targets
            built.append(step)
    assert built == ["node_modules/.installed", "env", "static"]


def test_image_has_the_system_packages_that_run_needs():
    packages = {
        package
        for instruction, text in instructions()
        if instruction == "RUN"
        for found in re.findall(r"--no-install-recommends ([\w.\- ]+?) &&", text)
        for package in found.split()
    }
    wanted = re.findall(r"^need (\S+)", (ROOT / "tools/system.sh").read_text(), re.MULTILINE)
    brought = {"python3-venv", "nodejs", "npm"}
    # The image's database is PostgreSQL, whose backups need its own program.
    assert packages == (set(wanted) - brought) | {"make", "postgresql-client"}


def test_files_that_the_image_takes_are_there_and_not_ignored():
    ignored = set((ROOT / ".dockerignore").read_text().split())
    for instruction, text in instructions():
        if instruction == "COPY" and not text.startswith("--from"):
            for name in text.split()[:-1]:
                assert (ROOT / name).exists()
                assert f"!{name}" in ignored or name.split("/")[0] not in ignored


def test_processes_are_started_as_on_one_machine(services):
    """The same programs with the same flags as tools/serve.py; number, address and level may differ."""
    own = {"--host", "--port", "--workers", "--concurrency", "--loglevel", "--log-level", "--beat", "--quiet"}

    def flags(command: list[Any]) -> set[str]:
        words = [str(word) for word in command]
        pairs = {(word, after) for word, after in zip(words, [*words[1:], ""], strict=True) if word[:2] == "--"}
        return {
            word if after[:2] == "--" or not after else f"{word} {after}" for word, after in pairs if word not in own
        }

    serve = runpy.run_path(str(ROOT / "tools/serve.py"))["COMMANDS"]
    [web] = [json.loads(text) for instruction, text in instructions() if instruction == "CMD"]
    assert flags(web) == flags(serve["web"])
    assert flags(services["worker"]["command"]) == flags(serve["worker"])
    assert services["beat"]["command"][:4] == ["celery", "--app", "lms.celery", "beat"]


def test_image_asks_its_own_web_process_how_it_is():
    [check] = [text for instruction, text in instructions() if instruction == "HEALTHCHECK"]
    assert "/healthz" in check


def test_image_keeps_the_fonts_of_the_papers():
    """They stand in node_modules, which is no burden: four packages."""
    assert [text for instruction, text in instructions() if "rm -rf" in text and "node_modules" in text] == []


START = """
import sys

class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"{name} is not in requirements.lock")

sys.meta_path.insert(0, Refused())
import granian.cli
from celery import current_app
from celery.bin.celery import celery
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
from django.core.files.storage import storages
from django.core.management import get_commands, load_command_class
import lms.urls

current_app.loader.import_default_modules()
current_app.connection_for_write()
storages["private"], storages["default"]
for name, app in get_commands().items():
    if app.startswith(("lms.", "curricula")):
        load_command_class(app, name)
from lms.common.pdf import render_pdf
print(len(render_pdf("<html lang=ky><title>x</title>Үмүт")) > 1000)
"""


def test_product_runs_on_what_it_locks(tmp_path):
    """Without the packages that only tests and checks install: what they bring along hides what is missing."""
    lock = (ROOT / "requirements.lock").read_text()
    locked = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    refused = {
        module
        for module, owners in importlib.metadata.packages_distributions().items()
        if not any(re.sub(r"[-_.]+", "-", owner).lower() in locked for owner in owners)
    }
    environment = BARE | {
        "DJANGO_SETTINGS_MODULE": "lms.settings.production",
        "DATA_DIR": str(tmp_path),
        "PUBLIC_BASE_URL": "https://lms.example",
        "SECRET_KEY": "k" * 50,
        "FIELD_KEYS": "dGVzdHMtb25seS1maWVsZC1rZXktMzItYnl0ZXMhISE=",
        "PEPPER": "p" * 32,
        "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "CACHE_URL": "redis://127.0.0.1:1/1",
        "STORAGE_URL": "s3://key:secret@127.0.0.1:1/bucket?tls=0",
    }
    script = START.replace("REFUSED", repr(refused))
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr[-800:]) == ("True", "")


# ── The proxy ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_proxy_reads_the_same_address_and_keeps_no_log_of_addresses(services):
    text = (ROOT / "tools/deploy/Caddyfile").read_text()
    assert {"{$PUBLIC_BASE_URL}", "{$CADDY_TLS}"} <= set(re.findall(r"\{\$\w+\}", text))
    assert not re.search(r"^\s*log\b", text, re.MULTILINE)
    assert services["proxy"]["environment"]["WEB_ADDRESS"] == "web"
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == "1"


def test_environment_of_one_server_names_what_the_settings_read():
    lines = (ROOT / "tools/deploy/one-server.env").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    code = "".join(path.read_text() for path in (ROOT / "lms/settings").glob("*.py")) + (ROOT / "Makefile").read_text()
    for name in names - {"DJANGO_SETTINGS_MODULE"}:
        assert name.removesuffix("_FILE") in code
    unit = (ROOT / "tools/deploy/yntymak.service").read_text()
    assert "EnvironmentFile=/etc/yntymak/env" in unit
