"""``demo``: the whole story in a scratch repository, with the real program."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.git.process import scrubbed

TEST = """\
from greet import greet

assert greet() == "Hello", f"greet() says {greet()}"
print("1 passed")
"""
STORY = (
    ("Hooks go in, and every change is listed.", "init"),
    ("A task begins; its instant is the system's.", "start"),
    ("Commits are made as always; the hooks record them.", "work"),
    ("Commands can be run and timed; so can bugs and lessons.", "run"),
    ("The task ends, and the log is complete.", "complete"),
    ("A number that nobody measured is not pushed.", "refused"),
    ("Let the log write the numbers, and they are.", "claimed"),
    ("It is all in one git ref, and reads as a journal.", "ref"),
    ("Nothing was taken out of it, and reports come from git alone.", "report"),
)


class Story:
    """A scratch repository and a pen."""

    def __init__(self, directory: str, surroundings: Surroundings) -> None:
        self._directory = directory
        hermetic = scrubbed(surroundings.environment)
        self._environment = {
            **hermetic,
            "HOME": directory,
            "XDG_CONFIG_HOME": directory,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "COLUMNS": "80",
        }

    def tell(self, text: str) -> None:
        """Write a sentence between the commands."""
        click.echo(f"\n# {text}")

    def run(
        self,
        *args: str,
        ours: bool = False,
        expect: int = 0,
        shown: str = "",
    ) -> str:
        """Show a command, run it, and show what it prints.

        Args:
            args: the command, or the arguments of ours.
            ours: is it our program's?
            expect: the exit code that belongs to the story.
            shown: the command line as a person would type it, where that is shorter.

        Returns:
            what it printed.

        Raises:
            RuntimeError: it ended otherwise than the story says.
        """
        typed = ["gitlog-track", *args] if ours else list(args)
        typed = ["python" if word == sys.executable else word for word in typed]
        click.echo(f"$ {shown or shlex.join(typed)}")
        command = [sys.executable, "-m", "gitlog_track", *args] if ours else list(args)
        done = subprocess.run(  # noqa: S603  # the story's own commands
            command,
            cwd=self._directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        click.echo(done.stdout.replace(self._directory, "."), nl=False)
        if done.returncode != expect:
            raise RuntimeError(f"{typed} ended with {done.returncode}, not {expect}")
        return done.stdout

    def write(self, name: str, text: str) -> None:
        """Change a file of the scratch repository."""
        with open(f"{self._directory}/{name}", "w", encoding="utf-8") as file:
            file.write(text)


@click.command()
@click.option("--keep", is_flag=True, help="Keep the scratch repository.")
@click.pass_obj
def demo(surroundings: Surroundings, keep: bool) -> None:
    """Show the whole story in a scratch repository, in half a minute.

    Every line is what the real program prints; nothing outside a temporary directory
    is touched.
    """
    directory = os.path.realpath(tempfile.mkdtemp(prefix="gitlog-track-demo-"))
    story = Story(directory, surroundings)
    chapters = {
        "init": _init,
        "start": _start,
        "work": _work,
        "run": _run,
        "complete": _complete,
        "refused": _refused,
        "claimed": _claimed,
        "ref": _ref,
        "report": _report,
    }
    try:
        for sentence, chapter in STORY:
            story.tell(sentence)
            chapters[chapter](story)
    finally:
        if keep:
            click.echo(f"\nkept in {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)


def _init(story: Story) -> None:
    story.run("git", "init", "-q", "-b", "main", ".")
    story.run("init", ours=True)


def _start(story: Story) -> None:
    story.run(
        *("start", "P1-009", "--estimate", "15m", "--start-tokens", "107264"),
        *("--description", "Greet the world"),
        ours=True,
    )


def _work(story: Story) -> None:
    story.write("greet.py", "def greet():\n    return 'Helo'\n")
    story.write("test_greet.py", TEST)
    story.run("git", "add", "greet.py", "test_greet.py")
    story.run("git", "commit", "-q", "-m", "Greet the world")
    story.run("git", "log", "-1", "--format=%B")


def _run(story: Story) -> None:
    test = ("run", "--label", "tests", "--", sys.executable, "-B", "test_greet.py")
    story.run(*test, ours=True, expect=1)
    story.run("bug", "greet() says Helo", ours=True)
    story.run("iteration", "spelling", ours=True)
    story.write("greet.py", "def greet():\n    return 'Hello'\n")
    story.run("git", "commit", "-q", "-a", "--amend", "--no-edit")
    story.run("fix", "greet() says Hello", ours=True)
    story.run(*test, ours=True)
    story.run("measure", "test_coverage_actual=87%", ours=True)


def _complete(story: Story) -> None:
    story.run("complete", "--end-tokens", "110,500", "--success", "pass", ours=True)
    story.run("validate", "P1-009", ours=True)
    story.run("show", "P1-009", "--format", "log", ours=True)


def _refused(story: Story) -> None:
    story.run("git", "init", "-q", "--bare", "origin.git")
    story.run("git", "remote", "add", "origin", "./origin.git")
    story.write("greet.py", "def greet():\n    return 'Hello'  # done\n")
    story.run(
        *("git", "commit", "-q", "-a", "-m", "Finish the greeting"),
        *("-m", "Task: P1-009\nTokens-Used: 2,400"),
    )
    story.run("git", "push", "-q", "origin", "main", expect=1)


def _claimed(story: Story) -> None:
    trailers = story.run("claim", "P1-009", ours=True)
    message = ("-m", "Finish the greeting", "-m", trailers)
    shown = (
        "git commit -q --amend -m 'Finish the greeting' "
        '-m "$(gitlog-track claim P1-009)"'
    )
    story.run("git", "commit", "-q", "--amend", *message, shown=shown)
    story.run("git", "push", "-q", "origin", "main", "refs/gitlog-track/log")


def _ref(story: Story) -> None:
    story.run("git", "log", "--format=%h %s", "refs/gitlog-track/log")


def _report(story: Story) -> None:
    story.run("audit", ours=True)
    story.run("report", ours=True)
