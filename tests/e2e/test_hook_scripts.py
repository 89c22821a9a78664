"""The scripts themselves: clean, read by every shell, and of one mind with Python."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from gitlog_track.claims.trailers import CleanUp, add_task
from gitlog_track.services.hook_scripts import render
from tests.support.hooks import HOOK_NAMES
from tests.support.messages import SHELLS
from tests.support.repos import Repo

PIECES = [
    *(
        "Do it",
        "more prose here",
        "",
        "",
        "",
        "  ",
        "\t",
        "#12 done",
        "; x",
        " indented",
    ),
    *("A: b", "A-b: c d", "A b: c", "Signed-off-by: A <a@b>", "https://x.org/y", ": x"),
    *(
        "Task: X-9",
        "task:X-9",
        "Task:",
        "Task: two words",
        "    Task: X-9",
        "Task : X-9",
    ),
    *(
        "Tasks: X-9",
        "```",
        "~~~",
        "  ```sh",
        "fixup! x",
        "Fixes #1: no",
        "x\r",
        "é",
        "*",
    ),
    *(
        "(cherry picked from commit 01)",
        "[b: c]",
        "---",
        "\\n",
        "%s",
        "$HOME `x`",
        "-n",
    ),
]


@pytest.mark.parametrize("name", HOOK_NAMES)
def test_shellcheck_has_nothing_to_say(name: str) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    # Every hook holds the whole library, and so some that it does not use: 2317, from
    # shellcheck 0.11 on 2329.
    command = ["shellcheck", "--shell=sh", "--exclude=SC2034,SC2317,SC2329", "-"]
    done = subprocess.run(
        command,
        input=render(name),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""


@pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS)
@pytest.mark.parametrize("name", HOOK_NAMES)
def test_every_shell_can_read_the_hooks(name: str, shell: str) -> None:
    program, *applet = shell.split()
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        [program, *applet, "-n"],
        input=render(name),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interpreter_in_a_directory_with_quotes_is_started(
    tracked: Repo,
    tmp_path: Path,
) -> None:
    python = tmp_path / 'it\'s "my" $HOME' / "python"
    python.parent.mkdir()
    python.symlink_to("/bin/echo")
    hook = tracked.common / "hooks" / "pre-push"
    hook.write_text(render("pre-push", str(python)))
    done = tracked.run(str(hook))

    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("-I /")


def test_sh_and_python_are_of_one_mind(worked: Repo) -> None:
    """What sh does by itself is what Python would have done."""
    choose = random.Random(20)  # the same messages each time
    hook = str(worked.common / "hooks" / "commit-msg")
    path = worked.path / ".git" / "COMMIT_EDITMSG"
    different = []
    for _ in range(70):
        lines = choose.choices(PIECES, k=choose.randint(1, 7))
        text = "\n".join(lines) + choose.choice(["", "\n", "\n", "\n\n"])
        given = text.encode()
        path.write_bytes(given)
        done = worked.run(hook, str(path), env={"GIT_EDITOR": ":"})
        assert (done.returncode, done.stderr) == (0, "")
        wanted = add_task(given, "Task", "P1-001", CleanUp())
        if path.read_bytes() != (given if wanted is None else wanted):
            different.append((given, path.read_bytes(), wanted))

    assert different == []
