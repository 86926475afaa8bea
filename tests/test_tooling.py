"""The lock files and the repository itself: the same for everybody, with no address of anybody's machine."""

import http.server
import json
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAID = {"capture_output": True, "text": True, "check": False}
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
LOCKS = ["requirements.lock", "requirements-dev.lock", "tools/uv.lock"]
# Commands of Django and Wagtail that our documents name.
FRAMEWORK_COMMANDS = {"migrate", "update_index", "createsuperuser", "check", "shell"}
ADDRESS = re.compile(r"https?:|file:|git\+|--(?:extra-)?index|--find-links| @ |(?:^|\s)/\w", re.MULTILINE)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _wanted(path: str) -> set[str]:
    names = re.findall(r"^([A-Za-z0-9][\w.-]*)", (ROOT / path).read_text(), re.MULTILINE)
    return {_canonical(name) for name in names}


def _locked(path: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / path).read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", LOCKS)
def test_lock_holds_no_address(path):
    assert ADDRESS.findall((ROOT / path).read_text()) == []


@pytest.mark.parametrize("path", LOCKS)
def test_lock_holds_a_hash_for_every_package(path):
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / path).read_text())
    assert [entry.splitlines()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []


def test_locks_hold_what_is_asked_for():
    assert _wanted("requirements.in") - set(_locked("requirements.lock")) == set()
    assert _wanted("requirements-dev.in") - set(_locked("requirements-dev.lock")) == set()


def test_tests_run_on_the_versions_that_the_product_runs_on():
    product, development = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert {name: development.get(name) for name in product} == product


def test_package_lock_holds_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [name for name, package in packages.items() if "://" in package.get("resolved", "")] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []


def test_package_json_names_exact_versions():
    package = json.loads((ROOT / "package.json").read_text())
    versions = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    assert {name: version for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == {}


def test_python_version_is_the_one_the_checks_assume():
    version = (ROOT / ".python-version").read_text().strip()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert settings["mypy"]["python_version"] == version
    assert settings["ruff"]["target-version"] == f"py{version.replace('.', '')}"


def test_nothing_that_is_made_is_committed():
    answer = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("not a git checkout")
    made = re.compile(r"(^|/)(node_modules|var|\.venv|\.tools|__pycache__)/|\.(mo|pyc|sqlite3)$|(^|/)(uv\.lock|\.env)$")
    names = [name for name in answer.stdout.splitlines() if name != "tools/uv.lock"]
    assert [name for name in names if made.search(name)] == []


@pytest.mark.parametrize(
    ("workers", "cache", "starts"), [("2", "", False), ("2", "redis://cache", True), ("", "", True)]
)
def test_several_web_processes_start_only_with_a_cache_that_they_share(workers, cache, starts):
    """Or a session that was ended in one would live on in the memory of another."""
    free = {**os.environ, "HOST": "127.0.0.1", "PORT": "0", "WEB_WORKERS": workers, "CACHE_URL": cache}
    command = [sys.executable, "tools/serve.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=free, capture_output=True, text=True, check=False)
    assert (done.returncode == 0, "CACHE_URL" not in done.stderr) == (starts, starts)


@pytest.mark.parametrize(
    ("arguments", "more", "command"),
    [
        (["check"], {}, "make run PORT={free}"),
        (["check"], {"TLS": "1", "HOST": "127.0.0.1"}, "make run PORT={free} TLS=1 HOST=127.0.0.1"),
        (["serve", "check"], {}, "make serve PORT={free}"),
    ],
)
def test_a_taken_port_is_named_with_the_command_that_would_do(arguments, more, command):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        taken = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "WEB_WORKERS": "", **more}
        done = subprocess.run(
            [sys.executable, "tools/serve.py", *arguments],
            cwd=ROOT,
            env=taken,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, f"Port {port} of 127.0.0.1 is taken." in done.stderr) == (1, True)
    offered = re.search(r"Choose another:  (make .* PORT=(\d+).*)", done.stderr)
    assert offered[1] == command.format(free=offered[2])
    assert int(offered[2]) > port
    assert ("/etc/yntymak/env" in done.stderr) == ("serve" in arguments)


@pytest.mark.parametrize(
    ("port", "host", "says"),
    [("eight", "127.0.0.1", "“eight” is no port"), ("70000", "127.0.0.1", "is no port"), ("0", "192.0.2.1", "HOST=")],
)
def test_a_port_that_cannot_be_used_is_not_called_taken(port, host, says):
    wrong = {**os.environ, "HOST": host, "PORT": port, "WEB_WORKERS": ""}
    command = [sys.executable, "tools/serve.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=wrong, capture_output=True, text=True, check=False)
    assert (done.returncode, "taken" in done.stderr, says in done.stderr) == (1, False, True)


def test_both_commands_say_which_they_are():
    """Or whoever serves a real installation is told to run the demonstration."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipes = dict(re.findall(r"^(run|serve): [^\n]*##[^\n]*\n((?:\t[^\n]*\n)+)", makefile, re.MULTILINE))
    calls = {name: re.findall(r"tools/serve\.py([a-z ]*)", recipe) for name, recipe in recipes.items()}
    assert calls == {"run": [" check", ""], "serve": [" serve check", " serve"]}
    # All steps under one lock: the first line is the last one that another run could see.
    assert [re.findall(r"tools/alone\.py (\w+)", recipes[name]) for name in ("run", "serve")] == [["run"], ["serve"]]


def test_a_second_run_in_one_folder_says_so_and_touches_nothing(tmp_path):
    """The first has not begun to serve yet, so its port says nothing."""
    mine = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "PORT": "8090"}
    alone = [sys.executable, "tools/alone.py", "serve"]
    first = subprocess.Popen([*alone, "sh", "-c", "echo in; read end"], cwd=ROOT, env=mine, **PIPES)
    with first:
        assert first.stdout.readline() == "in\n"
        second = subprocess.run([*alone, "touch", str(tmp_path / "touched")], cwd=ROOT, env=mine, **SAID)
        assert (second.returncode, "DATA_DIR=/tmp/another make serve PORT=8091" in second.stderr) == (1, True)
        elsewhere = {**mine, "DATA_DIR": str(tmp_path / "other")}
        assert subprocess.run([*alone, "true"], cwd=ROOT, env=elsewhere, **SAID).returncode == 0
        first.communicate("now\n")
    assert not (tmp_path / "touched").exists()
    assert subprocess.run([*alone, "true"], cwd=ROOT, env=mine, **SAID).returncode == 0


def test_ctrl_c_ends_a_step_with_a_line(tmp_path):
    mine = {**os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "lms.settings.dev"}
    step = [sys.executable, "manage.py", "shell", "--no-imports", "-c", "print('in', flush=True); input()"]
    running = subprocess.Popen(step, cwd=ROOT, env=mine, **PIPES)
    with running:
        assert running.stdout.readline() == "in\n"
        running.send_signal(signal.SIGINT)
        _said, complained = running.communicate()
    assert (running.returncode, "Traceback" in complained, "── Stopped." in complained) == (130, False, True)


class AnswersToItsName(http.server.BaseHTTPRequestHandler):
    """As a real installation: to a request for another host it says 400."""

    def do_GET(self):
        self.send_response(200 if self.headers["Host"] == "lms.example" else 400)
        self.end_headers()

    def log_message(self, *_arguments):
        """Nothing."""


def test_start_of_a_real_installation_is_noticed_under_its_own_name(monkeypatch):
    with http.server.HTTPServer(("127.0.0.1", 0), AnswersToItsName) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HOST", "127.0.0.1")
        monkeypatch.setenv("PORT", str(server.server_port))
        monkeypatch.setenv("PUBLIC_BASE_URL", "https://lms.example")
        serve = runpy.run_path(str(ROOT / "tools" / "serve.py"))
        monkeypatch.setitem(serve["_answers"].__globals__, "START_SECONDS", 1)
        assert serve["_answers"]({})
        server.shutdown()


def test_request_lines_go_to_the_log_and_errors_to_the_terminal_too(tmp_path, capfd):
    serve = runpy.run_path(str(ROOT / "tools" / "serve.py"))
    lines = [b'{"level": "INFO", "message": "request"}\n', b'{"level": "ERROR"}\n', b"Traceback\n"]
    with (tmp_path / "log").open("wb", buffering=0) as log:
        serve["_copy"](lines, log)
    assert (tmp_path / "log").read_bytes() == b"".join(lines)
    assert capfd.readouterr().err.encode() == b"".join(lines[1:])


def test_what_a_process_left_behind_ends_with_it(tmp_path):
    """As the schedule of a worker that died by itself."""
    serve = runpy.run_path(str(ROOT / "tools" / "serve.py"))
    with (tmp_path / "log").open("wb", buffering=0) as log:
        parent = serve["_start"](["sh", "-c", f"sleep 60 & echo $! > {tmp_path}/child"], log)
        parent.wait(timeout=10)
        child = int((tmp_path / "child").read_text())
        os.kill(child, 0)
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        serve["_end"]({"worker": parent})
        for number, handler in before.items():
            signal.signal(number, handler)
    assert _is_gone(child)


def _is_gone(process: int) -> bool:
    """Ended, whether or not anybody has asked how."""
    status = Path(f"/proc/{process}/stat")
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_the_data_folder_of_one_machine_is_closed_to_its_other_users(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    settings = {**os.environ, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "lms.settings.dev"}
    subprocess.run(
        [sys.executable, "manage.py", "diffsettings"], cwd=ROOT, env=settings, capture_output=True, check=True
    )
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("document", sorted(path.name for path in ROOT.glob("*.md")))
def test_what_a_document_names_is_there(document):
    """Files and folders in backticks, relative links, and the commands of make and manage.py."""
    text = (ROOT / document).read_text(encoding="utf-8")
    paths = re.findall(r"`((?:lms|curricula|templates|static|tests|tools)/[\w./-]+)`", text)
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [path for path in paths + links if not (ROOT / path).exists()] == []
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) - targets == set()
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    commands |= {path.stem for path in ROOT.glob("lms/*/management/commands/*.py")} | FRAMEWORK_COMMANDS
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) - commands == set()
