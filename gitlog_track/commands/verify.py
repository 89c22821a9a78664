"""``verify``: the gate on a range, for CI; and the rules, explained."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.output import format_option
from gitlog_track.errors import UsageProblem
from gitlog_track.gate.verdict import Verdict
from gitlog_track.services.workspace import Workspace

EXIT_CODES = {"pass": 0, "fail": 1, "cannot-verify": 4}


@click.command()
@click.argument("revisions", metavar="[RANGE]", required=False)
@format_option("text", "json", "junit", "github")
@click.option(
    "--log-from",
    metavar="REF|URL",
    help="Judge by this log too, such as a fork's; it is joined for this run only.",
)
@click.option("--explain", metavar="RULE", help="Explain a rule, such as GT004.")
@click.pass_obj
def verify(
    surroundings: Surroundings,
    revisions: str | None,
    form: str,
    log_from: str | None,
    explain: str | None,
) -> int:
    """Judge the claims of RANGE; by default of what upstream lacks.

    The policy is that of the commit that RANGE starts from, so that what is judged
    cannot choose its judge. A log that is not here is fetched from a listed remote, and
    fetched anew before a claim is refused for want of it, for 30 seconds at most. Exit
    code 0: every claim is backed; 1: one is not; 4: it cannot be seen.
    """
    if explain is not None:
        surroundings.answer(_explained(explain))
        return 0
    from gitlog_track.commands.progress import waiting_for
    from gitlog_track.services.verify import verify_with_late_log, wants_log

    workspace = surroundings.workspace()
    log = None if log_from is None else _joined(surroundings, workspace, log_from)
    verdict, late = verify_with_late_log(workspace, revisions, log, waiting_for)
    for text in (*late.problems, *late.notes):
        surroundings.warn(text)
    if form == "json":
        from gitlog_track.renderers.machine import envelope, verdict_body

        common = workspace.repository.common_dir
        log = log or workspace.ref().read()
        surroundings.answer(envelope(common, log, verdict_body(verdict)))
    else:
        surroundings.answer(_shown(verdict, form))
    if form == "github":
        _write_summary(surroundings, verdict)
    if late.is_cut_short and wants_log(verdict):
        # The log that was not seen may back what is refused.
        return EXIT_CODES["cannot-verify"]
    return EXIT_CODES[verdict.answer]


def _joined(surroundings: Surroundings, workspace: Workspace, source: str) -> str:
    from gitlog_track.commands.progress import waiting_for
    from gitlog_track.git.remotes import without_password
    from gitlog_track.services.fork import joined_log

    with waiting_for(without_password(source)):
        joined = joined_log(workspace, source)
    for note in joined.notes:
        surroundings.warn(note)
    return joined.tip


def _shown(verdict: Verdict, form: str) -> str:
    from gitlog_track.renderers import verdicts

    if form == "junit":
        return verdicts.verdict_junit(verdict)
    if form == "github":
        return verdicts.verdict_github(verdict)
    return verdicts.verdict_text(verdict)


def _write_summary(surroundings: Surroundings, verdict: Verdict) -> None:
    from gitlog_track.renderers.verdicts import github_summary

    path = surroundings.environment.get("GITHUB_STEP_SUMMARY")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(github_summary(verdict))


def _explained(name: str) -> str:
    from gitlog_track.gate.rules import RULES, explain

    rule = RULES.get(name.upper())
    if rule is None:
        raise UsageProblem(f"there is no rule {name!r}; expected {', '.join(RULES)}")
    return explain(rule)
