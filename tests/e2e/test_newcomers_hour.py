"""A newcomer follows the README from top to bottom: every command in it is run.

Nothing is configured: a home of its own, no git configuration but a name, the commands
found on PATH. Each heading's commands run in order, in what a short script prepares;
output is not compared here, exit codes are. What a heading leaves to other tests is named.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLS = ("python3 -m venv", ".venv/bin/python", "pip install")
BEGUN = """
git init -q -b main greet && git init -q -b main --bare origin.git && cd greet
git remote add origin ../origin.git && gitlog-track init && git add -A
git commit -q -m 'Begin' && git push -q origin main
"""
COMPLETED = """
gitlog-track start P1-009 --estimate 15m --start-tokens 107264
gitlog-track complete --end-tokens 110,500 --success pass --iterations 1
"""
INCOMPLETE = "gitlog-track start P1-009\ngitlog-track complete\n"
SQUASHED = """
git switch -q -c greet && gitlog-track switch P1-009
for n in 1 2; do echo $n >greeting && git add -A && git commit -q -m "Greet $n"; done
git switch -q main && git merge -q --squash greet >/dev/null
git -c core.hooksPath=/dev/null commit -q -m 'Greet all (#12)'
git branch -q -D greet
"""


@dataclass(frozen=True)
class Scene:
    """What a heading's commands find.

    Attributes:
        script: prepares it, with ``set -e``, in an empty directory.
        codes: of commands that do not end with 0.
        instead: what a command is called with here, where the README names a commit.
    """

    script: str = BEGUN
    codes: Mapping[str, int] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)


SCENES = {
    "gitlog-track": Scene(BEGUN + "echo hello >greeting && git add -A"),
    "Begin in your repository": Scene("git init -q -b main greet && cd greet"),
    "A task, from start to end": Scene(
        BEGUN + "printf 'def test_it():\\n    pass\\n' >test_it.py && git add -A",
        instead={"git commit ...": "git commit -q -m 'Parse the header'"},
    ),
    "The gate: no push of a claim without a log behind it": Scene(
        BEGUN
        + COMPLETED
        + "git commit -q --allow-empty -m 'Greet\n\nTask: P1-009\nTokens-Used: 2400'",
        codes={"git push origin main": 1},
        instead={
            "git commit --amend": 'git commit -q --allow-empty --amend -m Greet -m "$('
            'gitlog-track claim P1-009)" && git push -q origin main'
        },
    ),
    "The report": Scene(BEGUN + COMPLETED),
    "Is a log complete?": Scene(BEGUN + INCOMPLETE, {"gitlog-track validate --all": 1}),
    "Executions and exceptions": Scene(
        codes={"gitlog-track run -- pytest -q nowhere": 4},
        instead={"cat logs/exceptions/": "cat logs/exceptions/*-EX-1.md"},
    ),
    "Ask the log": Scene(
        BEGUN
        + "gitlog-track start P1-001\ngitlog-track fail 'no answer after 30 s'\n"
        + "gitlog-track start P1-001 --retry && gitlog-track complete"
    ),
    "Bring in what you have": Scene(
        BEGUN
        + COMPLETED
        + "gitlog-track export logs logs\n"
        + "sed -i -e 's/P1-009/P1-010/' -e 's/START_TIMESTAMP: .*/START_TIMESTAMP: '\\\n"
        + "'2025-10-04 22:00:00/' -e 's/END_TIMESTAMP: .*/END_TIMESTAMP: '\\\n"
        + "'2025-10-04 22:12:00/' logs/*.txt\n"
        + "mv logs/P1-009_execution_log.txt logs/P1-010_execution_log.txt",
        codes={"gitlog-track backfill logs logs": 1},
    ),
    "Numbers in your documents": Scene(
        BEGUN
        + COMPLETED
        + "cat >PLAN.md <<'E'\n<!-- gitlog-track:begin table phase=P1 -->\n"
        + "<!-- gitlog-track:end -->\nE",
        codes={"gitlog-track docs check PLAN.md": 1},
        instead={
            "gitlog-track docs check PLAN.md": "sed -i s/3,236/2,400/ PLAN.md; "
            "gitlog-track docs check PLAN.md"
        },
    ),
    "When something fails": Scene(
        BEGUN
        + "gitlog-track start P1-009\n"
        + "echo 'raise KeyError(\"chair of ann@example.org\")' >order.py",
        codes={"gitlog-track run -- python order.py": 1},
    ),
    "Share the log": Scene(
        BEGUN
        + COMPLETED
        + "git push -q origin main && cd .. && git clone -q origin.git other\n"
        + "cd other && gitlog-track init",
        # Nothing is amiss here: what the README shows of a rewritten log is other tests'.
    ),
    "CI": Scene(
        BEGUN + COMPLETED + SQUASHED,
        instead={
            "gitlog-track verify 51a81581bb27..HEAD": "gitlog-track verify HEAD^.."
        },
    ),
    "Servers": Scene(""),
    "Ask from an agent (MCP)": Scene(),
}
OF_OTHER_TESTS = {
    # A server that judges, and what it refuses: test_gate_server, test_server_received.
    ("Servers", "git push origin :refs/gitlog-track/log"),
    ("Servers", "git push origin main"),
    ("Servers", "git log -1 --format='%h %B' refs/gitlog-track-received/log"),
    # A shallow checkout: test_verify_ci.
    ("CI", "gitlog-track verify"),
    # Begins the clone with a bad line again: test_sync_bad_remotes.
    ("Share the log", "git update-ref refs/gitlog-track-bad/log refs/gitlog-track/log"),
    ("Share the log", "git update-ref -d refs/gitlog-track/log"),
}


def commands() -> Iterator[tuple[str, str]]:
    """Yield every command of the README with its heading."""
    heading, fence = "", None
    for line in (ROOT / "README.md").read_text().splitlines():
        if line.startswith("```"):
            fence = line[3:] if fence is None else None
        elif fence is None:
            found = re.match(r"#{1,2} (.*)", line)
            heading = found[1] if found else heading
        elif line.startswith("$ "):
            yield heading, line[2:]
        elif fence == "sh":
            for part in line.split("  ;  "):
                yield heading, part.split("  #")[0].strip()


BY_HEADING: dict[str, list[str]] = {}
for _heading, _command in commands():
    if not any(word in _command for word in INSTALLS):
        BY_HEADING.setdefault(_heading, []).append(_command)


def test_every_heading_with_commands_has_a_scene() -> None:
    assert set(BY_HEADING) == set(SCENES)


@pytest.mark.slow
@pytest.mark.parametrize("heading", BY_HEADING)
def test_the_commands_of(heading: str, tmp_path: Path) -> None:
    scene = SCENES[heading]
    home = tmp_path / "newcomer"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = New\n\temail = new@example.org\n"
    )
    environment = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    here = tmp_path / "here"
    here.mkdir()
    script = [f"set -e\n{scene.script}\nset +e"]
    expected = []
    for command in BY_HEADING[heading]:
        if (heading, command) in OF_OTHER_TESTS:
            continue
        known = [text for text in scene.instead if command.startswith(text)]
        script.append(scene.instead[known[0]] if known else command)
        script.append(f"echo code $? >>{tmp_path}/codes")
        expected.append((command, scene.codes.get(command, 0)))
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=here,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    codes = (tmp_path / "codes").read_text().splitlines() if expected else []
    found = [(c, int(row[5:])) for (c, _), row in zip(expected, codes, strict=True)]
    assert found == expected, f"{done.stdout}\n{done.stderr}"


NETWORK = "GITLOG_TRACK_TEST_NETWORK"
OF_THE_MACHINE = ("PATH", "PIP_", "SSL_CERT_", "HTTPS_PROXY", "https_proxy")
"""How this machine installs packages; nothing else of it reaches the newcomer."""


def marked(name: str) -> str:
    """Return the command that the README marks by a name."""
    text = (ROOT / "README.md").read_text()
    return text.partition(f"<!-- command: {name} -->\n```sh\n")[2].partition("\n```")[0]


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get(NETWORK), reason=f"{NETWORK} is not set")
def test_the_very_first_command_in_a_fresh_checkout(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(checkout)], check=True)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(OF_THE_MACHINE)
    }
    (tmp_path / "newcomer").mkdir()
    environment |= {"HOME": str(tmp_path / "newcomer"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", marked("demo")],
        cwd=checkout,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "GT004" in done.stdout, "the story has a claim that is refused"
    assert "P1-009 complete" in done.stdout
