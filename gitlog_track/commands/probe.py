"""``probe``: questions in SQL over the index, and where to ask one's own."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.output import format_option
from gitlog_track.errors import UsageProblem


@click.command()
@click.argument("name", required=False)
@click.option(
    "--path", is_flag=True, help="Bring the index up to date; print its path."
)
@format_option("text", "json")
@click.pass_obj
def probe(surroundings: Surroundings, name: str | None, path: bool, form: str) -> None:
    """Answer the question NAME; without NAME, list the questions.

    With --path, for questions of your own:

    \b
    sqlite3 -readonly "$(gitlog-track probe --path)" 'SELECT * FROM v1_attempts'
    """  # noqa: D301  # click's mark for lines to keep as they are
    from gitlog_track.services import sql

    if path and name is not None:
        raise UsageProblem(f"--path asks no question: leave out {name!r}")
    if path:
        where = sql.index_path(surroundings.workspace(), workers=surroundings.workers)
        surroundings.answer(f"{where}\n")
    elif name is None:
        _list(surroundings, form)
    else:
        _answer(surroundings, name, form)


def _list(surroundings: Surroundings, form: str) -> None:
    from gitlog_track.index.probes import read_probes
    from gitlog_track.renderers.probes import print_probes, probes_body

    probes = read_probes().values()
    if form == "json":
        _print_json(surroundings, probes_body(probes))
    else:
        print_probes(surroundings.console(), probes)


def _answer(surroundings: Surroundings, name: str, form: str) -> None:
    from gitlog_track.renderers.probes import answer_body, print_answer
    from gitlog_track.services.sql import answer_probe, find_probe

    asked = find_probe(name)
    workspace = surroundings.workspace()
    found = answer_probe(workspace, asked, workers=surroundings.workers)
    if form == "json":
        _print_json(surroundings, answer_body(asked, found))
    elif not found.rows:
        surroundings.say("nothing of the kind was recorded: NOT MEASURED")
    else:
        print_answer(surroundings.console(), found)


def _print_json(surroundings: Surroundings, body: dict[str, object]) -> None:
    from gitlog_track.renderers.machine import envelope

    workspace = surroundings.workspace()
    log = workspace.ref().read()
    surroundings.answer(envelope(workspace.repository.common_dir, log, body))
