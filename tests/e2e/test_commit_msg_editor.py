"""commit-msg and the editor: comments, templates, diffs, and messages that abort a commit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.messages import TASK, commit, message, trailers
from tests.support.repos import Repo

ADDED = f"Do it\n\n{TASK}\n"
TYPE = '{ echo \'Do it\'; cat "$1"; } >"$1.new"; mv "$1.new" "$1"'
TYPE_FIRST_LINE = "sed -i '1s/^/Do it/' \"$1\""
SCISSORS = "------------------------ >8 ------------------------"


@dataclass(frozen=True)
class Case:
    """What is done in the editor and what becomes of it.

    Attributes:
        name: of the case.
        editor: sh script; the message file is ``$1``.
        want: the commit's message; None where git has to abort.
        args: arguments of ``git commit``.
        config: settings of git, ``key=value``.
    """

    name: str
    editor: str
    want: str | None
    args: tuple[str, ...] = ()
    config: tuple[str, ...] = ()


def printed(text: str) -> str:
    return f"printf '{text}' >\"$1\""


EDITED = [
    Case("typed above the comments", TYPE, ADDED),
    Case("typed on the empty first line", TYPE_FIRST_LINE, ADDED),
    Case("everything replaced", printed("Do it\\n"), ADDED),
    Case("replaced, no newline at the end", printed("Do it"), ADDED),
    Case("#12 last", printed("Do it\\n\\n#12 done\\n"), ADDED),
    Case(
        "#12 last, comments below",
        f"{TYPE_FIRST_LINE}; sed -i '2s/^/\\n#12 done\\n/' \"$1\"",
        ADDED,
    ),
    Case(
        "trailers",
        printed("Do it\\n\\nA: b\\n"),
        f"Do it\\n\\nA: b\\n{TASK}\n".replace("\\n", "\n"),
    ),
    Case(
        "trailers from -s",
        TYPE_FIRST_LINE,
        f"Do it\n\nSigned-off-by: C O Mitter <committer@example.org>\n{TASK}\n",
        ("-s",),
    ),
    Case(
        "comment inside the trailers",
        printed("Do it\\n\\nA: b\\n# c\\n"),
        f"Do it\n\nA: b\n{TASK}\n",
    ),
    Case("names a task", printed("Do it\\n\\nTask: X-9\\n"), "Do it\n\nTask: X-9\n"),
    Case("names a task in a comment", printed("Do it\\n\\n# Task: X-9\\n"), ADDED),
    Case("emptied", printed(""), None),
    Case("emptied to blanks", printed("\\n  \\n"), None),
    Case("only comments left", printed("# a\\n# b\\n"), None),
    Case("not touched", "true", None),
    Case("editor failed", "false", None),
    Case(
        "emptied, and an empty one is allowed",
        printed(""),
        "",
        ("--allow-empty-message",),
    ),
    Case("-v", TYPE_FIRST_LINE, ADDED, ("-v",)),
    Case("-v -v", TYPE_FIRST_LINE, ADDED, ("-v", "-v")),
    Case("-v, not touched", "true", None, ("-v",)),
    Case("commit.verbose", TYPE, ADDED, config=("commit.verbose=true",)),
    Case("scissors", TYPE, ADDED, ("--cleanup=scissors",)),
    Case("scissors, -v", TYPE_FIRST_LINE, ADDED, ("--cleanup=scissors", "-v")),
    Case("scissors configured", TYPE, ADDED, config=("commit.cleanup=scissors",)),
    Case(
        "scissors keep #12",
        printed(f"Do it\\n\\n#12\\n# {SCISSORS}\\nx\\n"),
        f"Do it\n\n#12\n\n{TASK}\n",
        ("--cleanup=scissors",),
    ),
    Case(
        "scissors, emptied above",
        "sed -i -n '/>8/,$p' \"$1\"",
        None,
        ("--cleanup=scissors",),
    ),
    Case(
        "comment ;",
        printed("#12 done\\n; no\\n"),
        f"#12 done\n\n{TASK}\n",
        config=("core.commentChar=;",),
    ),
    Case("comment ;, not touched", "true", None, config=("core.commentChar=;",)),
    Case("comment ;, -v", TYPE_FIRST_LINE, ADDED, ("-v",), ("core.commentChar=;",)),
    Case("comment auto", TYPE_FIRST_LINE, ADDED, config=("core.commentChar=auto",)),
    Case("comment auto, not touched", "true", None, config=("core.commentChar=auto",)),
    Case(
        "comment auto, -e",
        "true",
        f"#12 done\n\n{TASK}\n",
        ("-e", "-m", "#12 done"),
        ("core.commentChar=auto",),
    ),
    Case(
        "comment auto, -v", TYPE_FIRST_LINE, ADDED, ("-v",), ("core.commentChar=auto",)
    ),
    Case("no status in the editor", printed("Do it\\n"), ADDED, ("--no-status",)),
    Case("-e -m", "true", ADDED, ("-e", "-m", "Do it")),
    Case("-e -m, emptied", printed("# x\\n"), None, ("-e", "-m", "Do it")),
    Case(
        "cleanup=whitespace",
        printed("Do it\\n\\n#12 done\\n"),
        f"Do it\n\n#12 done\n\n{TASK}\n",
        ("--cleanup=whitespace",),
    ),
    Case(
        "cleanup=verbatim",
        printed("Do it\\n\\n#12 done\\n"),
        f"Do it\n\n#12 done\n\n{TASK}\n",
        ("--cleanup=verbatim",),
    ),
]


@pytest.mark.parametrize("case", EDITED, ids=lambda case: case.name)
def test_an_edited_message_gets_the_task_above_what_git_removes(
    plain: Repo,
    case: Case,
) -> None:
    plain.write("f", "Task: X-9\nTask: X-10\n")
    plain.git("add", "f")
    for setting in case.config:
        plain.git("config", *setting.split("=", 1))
    before = plain.head()

    done = commit(plain, list(case.args), editor=case.editor)

    if case.want is None:
        assert done.returncode == 1
        assert plain.head() == before
    else:
        assert done.returncode == 0, done.stderr
        assert message(plain) == case.want


def test_typing_adds_the_task_under_every_shell(worked: Repo) -> None:
    done = commit(worked, ["-v"], editor=TYPE_FIRST_LINE)

    assert (done.returncode, done.stderr) == (0, "")
    assert message(worked) == ADDED


def test_git_agrees_that_what_was_added_is_a_trailer(plain: Repo) -> None:
    commit(plain, ["-s"], editor=TYPE_FIRST_LINE)

    assert trailers(plain)[1:] == [TASK]


TEMPLATES = {
    "text": "Why:\n\nHow:\n",
    "comments": "# say why\n",
    "both": "Why:\n\n# say why\n",
    "no newline": "Why:",
    "blank lines around": "\n\nWhy:\n\n\n",
}
WAYS = {
    "-t": ("-t", "{path}"),
    "--template=": ("--template={path}",),
    "--template": ("--template", "{path}"),
    "stuck -t": ("-t{path}",),
    "-qt": ("-qt", "{path}"),
    "abbreviated": ("--templ={path}",),
    "configured": (),
}


@pytest.mark.parametrize("no_edit", [False, True])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", TEMPLATES)
def test_an_untouched_template_still_aborts(
    plain: Repo,
    tmp_path: Path,
    text: str,
    way: str,
    no_edit: bool,
) -> None:
    path = tmp_path / "the template"
    path.write_text(TEMPLATES[text])
    if way == "configured":
        plain.git("config", "commit.template", str(path))
    args = [arg.format(path=path) for arg in WAYS[way]]
    before = plain.head()

    done = commit(plain, [*args, *(["--no-edit"] if no_edit else [])], editor="true")

    assert done.returncode == 1
    assert plain.head() == before


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_that_was_filled_in_gets_the_task(
    plain: Repo,
    tmp_path: Path,
    text: str,
) -> None:
    path = tmp_path / "template"
    path.write_text(TEMPLATES[text])
    commit(plain, ["-t", str(path)], editor="sed -i '1s/^/Do it\\n\\n/' \"$1\"")

    assert trailers(plain)[-1] == TASK
    assert message(plain).startswith("Do it\n")


def test_a_template_is_found_from_where_the_user_stands(plain: Repo) -> None:
    plain.write("sub/template", "Why:\n")
    sub = Repo(plain.path / "sub")
    before = plain.head()
    done = commit(sub, ["-t", "template"], editor="true")

    assert done.returncode == 1
    assert plain.head() == before


def test_a_template_signed_off_and_not_touched_still_aborts(
    plain: Repo,
    tmp_path: Path,
) -> None:
    path = tmp_path / "template"
    path.write_text("Why:\n")
    before = plain.head()
    done = commit(plain, ["-s", "-t", str(path)], editor="true")

    assert done.returncode == 1
    assert plain.head() == before


def test_a_message_given_beside_a_template_gets_the_task(
    plain: Repo,
    tmp_path: Path,
) -> None:
    path = tmp_path / "template"
    path.write_text("Why:\n")
    plain.git("config", "commit.template", str(path))
    commit(plain, ["-m", "Do it"])

    assert message(plain) == ADDED
