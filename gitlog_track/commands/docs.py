"""``docs``: figures written into documents, checked there, and the founding templates."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gitlog_track.commands.context import Surroundings

if TYPE_CHECKING:
    from gitlog_track.services.docs import Document

_files = click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False),
)


@click.group()
def docs() -> None:
    """Write figures into documents, and check them there.

    A document says where: between marker comments, as in

    \b
      <!-- gitlog-track:begin table phase=P1 -->
      <!-- gitlog-track:end -->

    or, within a line, <!-- gitlog-track:value task=P1-009 measure=duration -->
    and <!-- gitlog-track:end -->. Blocks: table [phase=P], measures task=T or
    phase=P, lessons [phase=P], blockers [phase=P].
    """  # noqa: D301  # click's mark for lines to keep as they are


@docs.command()
@_files
@click.option("--force", is_flag=True, help="Overwrite what was edited by hand.")
@click.pass_obj
def update(surroundings: Surroundings, files: Sequence[str], force: bool) -> int:
    """Fill in FILES. What was edited by hand is named and stays: exit code 1.

    If one of them cannot be filled in, none is written.
    """
    from gitlog_track.services.docs import write_documents

    documents = _documents(surroundings, files, force=force)
    if _tell_problems(surroundings, documents):
        return 2
    write_documents(documents, surroundings.random(6).hex())
    for each in documents:
        for request in each.filled.changed if each.filled else ():
            surroundings.say(f"{each.path}:{request.line}: {request} filled in")
    return 1 if not force and _tell_edited(surroundings, documents) else 0


@docs.command()
@_files
@click.pass_obj
def check(surroundings: Surroundings, files: Sequence[str]) -> int:
    """Check that FILES say what the log says; if not, show what differs.

    Exit code 0: they do; 1: they do not; 2: a marker cannot be followed; 4: there is
    no log.
    """
    documents = _documents(surroundings, files, force=True)
    if _tell_problems(surroundings, documents):
        return 2
    stale = [each.path for each in documents if each.filled and each.filled.edits]
    if not stale:
        return 0
    _show_difference(surroundings, documents)
    surroundings.warn(f"not what the log says: {', '.join(stale)}")
    if not _tell_edited(surroundings, documents):
        surroundings.hint(f"gitlog-track docs update {' '.join(stale)}")
    return 1


@docs.command()
@click.argument("level", metavar="task|phase", type=click.Choice(["task", "phase"]))
@click.argument("name", metavar="[NAME]", required=False)
@click.pass_obj
def template(surroundings: Surroundings, level: str, name: str | None) -> None:
    """Print the founding documents' log of a task or a phase, filled in.

    Without NAME: of the current task, else of the one that ended last; or its phase.
    """
    from gitlog_track.services.template import filled_phase, filled_task

    workspace = surroundings.workspace()
    if level == "task":
        found = filled_task(workspace, name)
    else:
        found = filled_phase(workspace, name, workers=surroundings.workers)
    surroundings.answer(found.text)
    if not found.has_log:
        surroundings.say(f"{found.subject} has no log: nothing of it is measured")


def _documents(
    surroundings: Surroundings, files: Sequence[str], *, force: bool
) -> list[Document]:
    from gitlog_track.services.docs import read_documents
    from gitlog_track.services.figures import Figures

    figures = Figures(surroundings.workspace(), workers=surroundings.workers)
    return read_documents(files, figures.answer, force=force)


def _tell_problems(surroundings: Surroundings, documents: Sequence[Document]) -> bool:
    found = [(each.path, p) for each in documents for p in each.problems]
    for path, problem in found:
        surroundings.warn(f"{path}:{problem.line}: {problem.text}")
    return bool(found)


def _tell_edited(surroundings: Surroundings, documents: Sequence[Document]) -> bool:
    found = [
        (each.path, request)
        for each in documents
        for request in (each.filled.edited if each.filled else ())
    ]
    for path, request in found:
        surroundings.warn(f"{path}:{request.line}: {request} was edited by hand")
    if found:
        paths = " ".join(dict.fromkeys(path for path, _ in found))
        surroundings.hint(f"gitlog-track docs update --force {paths}")
    return bool(found)


def _show_difference(surroundings: Surroundings, documents: Sequence[Document]) -> None:
    from gitlog_track.renderers.safe import safe
    from gitlog_track.renderers.unified import unified_diff

    for each in documents:
        if each.filled is not None:
            text = unified_diff(each.path, each.filled.lines, each.filled.edits)
            surroundings.answer(safe(text) if sys.stdout.isatty() else text)
