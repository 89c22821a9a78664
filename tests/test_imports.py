"""What each entry point may import: whatever is on no list here is paid for by everybody.

A list names what may be imported of the standard library and of other packages; what
those import themselves, in the Python that runs the test, comes with them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests.support.repos import Repo

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "gitlog_track"
ALWAYS = {"__future__", "_sha2", "_sha256"}
"""What annotations need, and what ``model/digest.py`` tries: one of the two is there."""


def imported_by(*command: str, cwd: Path, stdin: str = "") -> set[str]:
    """Return the modules that a Python process imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = re.findall(r"^import time:.*\|\s*(\S+)$", done.stderr, re.MULTILINE)
    return set(rows)


def brought_by(flags: Sequence[str], modules: Iterable[str]) -> set[str]:
    """Return what comes with the modules of a list, and with Python itself."""
    text = "".join(f"import {name}\n" for name in sorted(modules)) or "pass"
    return imported_by(*flags, "-c", text, cwd=TOP)


def is_ours(name: str) -> bool:
    return name.partition(".")[0] == "gitlog_track"


def rooms(found: set[str]) -> set[str]:
    """Return which packages of ours, and which modules at the top, are among them."""
    names = (name.split(".") for name in found if is_ours(name))
    return {words[1] for words in names if len(words) > 1}


def foreign(found: set[str]) -> set[str]:
    return {name for name in found if not is_ours(name)} - ALWAYS


def test_a_fold_after_a_commit(tracked: Repo) -> None:
    tracked.ours("start", "P1-001")
    tracked.commit("Begin")
    (tracked.common / "gitlog-track" / "settings").write_text("fold=none\n")
    hook = tracked.common / "hooks" / "post-commit"
    hook.write_text(hook.read_text().replace("gt_start_fold\n", ":\n"))
    tracked.commit("Go on")
    fold = str(PACKAGE / "fold_process.py")
    found = imported_by("-I", "-S", fold, str(tracked.common), cwd=tracked.path)
    allowed = brought_by(["-I", "-S"], {"fcntl", "os", "sys", "time", "zlib"})
    assert foreign(found) <= allowed
    assert rooms(found) == {"claims", "errors", "git", "log", "model"}
    assert "gitlog_track.log.fold" in found


def test_the_trailer_of_a_message(tracked: Repo) -> None:
    message = tracked.path / "message"
    message.write_text("Begin\n")
    entry = str(PACKAGE / "message_process.py")
    common = str(tracked.common)
    line = [common, common, str(message), "P1-001", "", "git commit -F message"]
    found = imported_by("-I", "-S", entry, *line, cwd=tracked.path)
    assert message.read_text() == "Begin\n\nTask: P1-001\n"
    assert foreign(found) <= brought_by(["-I", "-S"], {"os", "re", "sys"})
    assert rooms(found) == {"claims", "errors", "git", "log", "model"}


HOOKS = {"pre-commit": (), "commit-msg": ("message",), "post-commit": ()}
HOOKS |= {"post-merge": ("0",), "post-rewrite": ("amend",)}


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_of_the_framework(tracked: Repo, name: str) -> None:
    (tracked.path / "message").write_text("Begin\n")
    line = ["-m", "gitlog_track", "hook", name, *HOOKS[name]]
    found = imported_by(*line, cwd=tracked.path)
    assert foreign(found) <= brought_by([], {"dataclasses", "re", "runpy", "typing"})
    assert rooms(found) <= {
        *("commands", "config", "errors", "git", "log", "model", "services"),
    }


PUSH = {
    *("bisect", "click", "contextlib", "copy", "dataclasses", "datetime", "decimal"),
    *("enum", "fcntl", "functools", "gc", "inspect", "itertools", "operator", "os"),
    *("re", "select", "signal", "string", "threading", "tomllib", "typing", "zlib"),
}


def test_the_gate_at_a_push(tracked: Repo, tmp_path: Path) -> None:
    server = str(tmp_path / "server.git")
    subprocess.run(["git", "init", "-q", "--bare", server], check=True)
    tracked.git("remote", "add", "origin", server)
    tracked.commit("Begin")
    oid = tracked.git("rev-parse", "HEAD").strip()
    entry = str(PACKAGE / "gate_process.py")
    line = ("-I", entry, "pre-push", "--native", "origin", server)
    pushed = f"refs/heads/main {oid} refs/heads/main {'0' * 40}\n"
    for stdin in ("", pushed):
        found = imported_by(*line, cwd=tracked.path, stdin=stdin)
        assert foreign(found) <= brought_by(["-I"], PUSH)
        assert rooms(found) <= {
            *("claims", "commands", "config", "errors", "gate", "git", "log"),
            *("measures", "model", "renderers", "services"),
        }


HELP = {"click", "copy", "dataclasses", "locale", "runpy", "shutil", "signal"}


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version(flag: str) -> None:
    found = imported_by("-m", "gitlog_track", flag, cwd=TOP)
    parts_of_click = {name for name in found if name.startswith("click.")}
    assert foreign(found) - parts_of_click <= brought_by([], {*HELP, "textwrap"})
    assert {name for name in found if is_ours(name)} <= {
        "gitlog_track",
        "gitlog_track.__main__",
        "gitlog_track.commands",
        "gitlog_track.commands.context",
        "gitlog_track.commands.main",
        "gitlog_track.errors",
        "gitlog_track.model",
        "gitlog_track.model.instants",
    }
