"""The table of commands, loaded one by one, and the funnel of their errors."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence

import click

from gitlog_track import __version__
from gitlog_track.commands.context import Surroundings
from gitlog_track.errors import GitlogTrackError, OutputError

COMMANDS = {
    "init": ("init", "Begin tracking in this repository."),
    "deinit": ("init", "End tracking; the log stays."),
    "start": ("lifecycle", "Start a task and make it current."),
    "switch": ("lifecycle", "Make a started task current."),
    "pause": ("lifecycle", "Stop the clock of active time."),
    "resume": ("lifecycle", "Let the clock of active time run again."),
    "complete": ("lifecycle", "End the task: it is done."),
    "fail": ("lifecycle", "End the attempt: it came to nothing."),
    "note": ("moments", "Record a line of text."),
    "milestone": ("moments", "Record that a milestone was reached."),
    "iteration": ("moments", "Record one more round of work."),
    "bug": ("moments", "Record that a bug was found."),
    "fix": ("moments", "Record that a bug was fixed."),
    "blocker": ("moments", "Record what stops the work."),
    "unblock": ("moments", "Record that a blocker is gone."),
    "lesson": ("moments", "Record what to do differently."),
    "hallucination": ("moments", "Record that an agent stated what was not so."),
    "interaction": ("moments", "Record exchanges with an agent."),
    "context-switch": ("moments", "Record that the work was left for something else."),
    "measure": ("moments", "Record measured values, or that one does not apply."),
    "run": ("run", "Run a command and record how it went."),
    "exception": ("records", "Record that something went wrong."),
    "execution": ("records", "Record that several steps were carried out."),
    "phase": ("phase", "Record a phase's start, milestones and review."),
    "correct": ("correct", "Say what an event should have said."),
    "assign": ("correct", "Bind events without a task to one."),
    "status": ("status", "Show where the work stands."),
    "show": ("show", "Show one task."),
    "tasks": ("tasks", "List tasks by what is known of them."),
    "trace": ("tasks", "List the attempts of a trace."),
    "patterns": ("patterns", "Group what went wrong or was learnt."),
    "probe": ("probe", "Answer a question in SQL over the index."),
    "validate": ("validate", "Check that logs are complete and sound."),
    "claim": ("claim", "Print the trailers that the log backs."),
    "verify": ("verify", "Judge the claims of a range; explain the rules."),
    "baseline": ("baseline", "Say from which commits on claims are judged."),
    "report": ("report", "Show every phase's figures."),
    "docs": ("docs", "Write figures into documents, and check them there."),
    "sync": ("sync", "Exchange the log with a remote."),
    "fetch": ("sync", "Fetch a remote's log and merge it into ours."),
    "push": ("sync", "Push the log; with --atomic a branch too."),
    "reconcile": ("reconcile", "Find squashed work again in a forge's commits."),
    "backfill": ("backfill", "Bring in logs, results and history kept before."),
    "ci": ("ci", "Write the workflow that runs the gate in CI."),
    "mcp": ("mcp", "Let agents ask the log over MCP."),
    "export": ("export", "Write the log into files of other formats."),
    "fold": ("fold", "Move waiting events into the log."),
    "audit": ("audit", "Check that nothing was taken out of the log."),
    "doctor": ("doctor", "Check that everything is in place."),
    "hook": ("hook", "Entry point of hooks; not for people."),
    "demo": ("demo", "Show the whole story in a scratch repository."),
}


class LazyGroup(click.Group):
    """Loads a command's module when it is run; help needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the table, not of the alphabet."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its module loaded."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, line = COMMANDS[cmd_name]
        attribute = cmd_name.replace("-", "_")
        loaded = __import__(f"gitlog_track.commands.{module}", fromlist=[attribute])
        command: click.Command = getattr(loaded, attribute)
        command.help = command.help or line
        return command

    def format_commands(
        self,
        ctx: click.Context,
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the table's lines."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.option("-C", "directory", metavar="DIR", help="Run as if started in DIR.")
@click.option("-q", "--quiet", is_flag=True, help="Show failures only.")
@click.version_option(__version__, prog_name="gitlog-track")
@click.pass_obj
def cli(surroundings: Surroundings, directory: str | None, quiet: bool) -> None:
    """Make the numbers people state about their work provable, from git alone."""
    surroundings.quiet = quiet
    if directory is not None:
        try:
            os.chdir(directory)
        except OSError as err:
            raise click.UsageError(f"-C {directory}: {err.strerror}") from err


def run(argv: Sequence[str], surroundings: Surroundings | None = None) -> int:
    """Run one command line.

    Args:
        argv: the arguments after the program's name.
        surroundings: clock, environment and streams; the process's own by default.

    Returns:
        the exit code.
    """
    around = surroundings or Surroundings()
    _fill_closed_streams()
    _escape_what_streams_cannot_say()
    try:
        code = cli.main(
            list(argv),
            prog_name="gitlog-track",
            standalone_mode=False,
            obj=around,
        )
        if sys.stdout:
            sys.stdout.flush()
    except click.ClickException as err:
        err.show()
        return err.exit_code if err.exit_code != 1 else 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except GitlogTrackError as err:
        around.say_error(err)
        return err.exit_code
    except Exception as err:  # noqa: BLE001  # the one place where a bug becomes a code
        return _after_failure(err, argv, around)
    return code if isinstance(code, int) else 0


def _after_failure(err: Exception, argv: Sequence[str], around: Surroundings) -> int:
    if isinstance(err, BrokenPipeError):
        # Whoever read our output has seen enough.
        _drop_stdout()
        return 141
    if isinstance(err, OSError) and err.filename is None and err.errno in _NO_ROOM:
        _drop_stdout()
        around.say_error(OutputError(f"cannot write the answer: {err.strerror}"))
        return OutputError.exit_code
    _say_bug(argv)
    return 3


_NO_ROOM = {errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT}
"""What writing to stdout fails with; the walls translate what files and git say."""


def _drop_stdout() -> None:
    """Lead what is still buffered nowhere, or the interpreter fails on it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fill_closed_streams() -> None:
    """Open closed descriptors 0 to 2, or files and pipes of ours would get them."""
    if not (sys.stdin and sys.stdout and sys.stderr):
        while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
            os.set_inheritable(fd, True)
        os.close(fd)


def _escape_what_streams_cannot_say() -> None:
    """Let a letter that an ASCII locale lacks come out as an escape, not as a bug."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _say_bug(argv: Sequence[str]) -> None:
    import platform
    import traceback

    lines = [
        "gitlog-track: this is a bug. Please report it with this block:",
        "",
        "```",
        f"gitlog-track {__version__}",
        f"Python {platform.python_version()} on {platform.system()}",
        f"command: {' '.join(argv[:1])}",
        traceback.format_exc().rstrip(),
        "```",
    ]
    click.echo("\n".join(lines), err=True)
