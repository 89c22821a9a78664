"""Documents are held against the code: what exists is documented, what is documented exists."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gitlog_track.commands.main import COMMANDS
from gitlog_track.config import KEYS, parse_config
from gitlog_track.errors import GitlogTrackError
from gitlog_track.gate.rules import RULES
from gitlog_track.model.event import Event
from gitlog_track.model.events import event_types
from gitlog_track.services.hook_scripts import HOOK_NAMES
from gitlog_track.services.received import PUSHERS, RECEIVED_REF, SETTING
from tests.support import catalogue, command_reference

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text()
FORMAT = (TOP / "gitlog_track" / "log" / "FORMAT.md").read_text()
KINDS = FORMAT[FORMAT.index("| `task_started` |") :]
DOCUMENTS = [
    *(Path("README.md"), Path("CHANGELOG.md")),
    *(path.relative_to(TOP) for path in sorted((TOP / "gitlog_track").rglob("*.md"))),
    *(Path("tests/RESULTS.md"), Path("tests/mutants/SURVIVORS.md")),
]
ARCHITECTURE = (TOP / "gitlog_track" / "ARCHITECTURE.md").read_text()


def rows(document: str, header: str) -> list[list[str]]:
    """Return the cells of the table below a header; ``\\|`` is part of a cell."""
    below = document.partition(f"\n{header}\n")[2].splitlines()[1:]
    table = itertools.takewhile(lambda row: row.startswith("|"), below)
    return [re.split(r"(?<!\\) \| ", row.strip("| ")) for row in table]


def test_the_commands_of_the_readme_are_those_there_are() -> None:
    cells = [row[0] for row in rows(README, "| command | does |")]
    named = {
        word.split()[0] for cell in cells for word in re.findall("`([^`]+)`", cell)
    }
    assert named == COMMANDS.keys()


def test_the_configuration_keys_of_the_readme_are_those_there_are() -> None:
    keys = [row[0].strip("`") for row in rows(README, "| key | default | meaning |")]
    assert sorted(keys) == sorted(KEYS)


def test_the_documented_defaults_are_the_defaults() -> None:
    rows = dict(re.findall(r"^\| `(\w+\.\w+)` \| `([^`]+)` \|", README, re.MULTILINE))
    tables: dict[str, dict[str, object]] = {}
    for key, shown in rows.items():
        section, name = key.split(".")
        value: object = tomllib.loads(f"value = {shown}")["value"]
        tables.setdefault(section, {})[name] = value
    assert (
        len(rows) == len(KEYS) - 1
    )  # the list of required fields stands there in words
    assert parse_config(tables, "README") == parse_config({}, "nothing")


def test_the_rules_of_the_readme_are_those_there_are() -> None:
    assert re.findall(r"^\| (GT\d+) \|", README, re.MULTILINE) == list(RULES)


def test_the_kinds_of_the_format_are_those_there_are() -> None:
    found = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", KINDS, re.MULTILINE)
    named = [name for cell in found for name in re.findall(r"\w+", cell)]
    assert sorted(named) == sorted(event_types())


@pytest.mark.parametrize("kind", event_types())
def test_every_event_kind_is_in_the_format_with_its_fields(kind: str) -> None:
    rows = [r for r in FORMAT.split("\n") if r.startswith("|") and f"`{kind}`" in r]
    assert rows, f"{kind} is not in FORMAT.md"
    documented = set(re.findall(r"[a-z_]+", rows[-1].split("|")[2]))
    own = set(event_types()[kind].__struct_fields__) - set(Event.__struct_fields__)
    assert own == documented


@pytest.mark.parametrize("field", Event.__struct_fields__)
def test_every_envelope_field_is_in_the_format(field: str) -> None:
    assert f"`{field}`" in FORMAT


def test_every_package_is_in_the_architecture() -> None:
    packages = {p.parent.name for p in (TOP / "gitlog_track").glob("*/__init__.py")}
    assert {name for name in packages if f"`{name}/`" not in ARCHITECTURE} == set()


@pytest.mark.parametrize("name", HOOK_NAMES)
def test_every_hook_is_named_in_the_readme(name: str) -> None:
    assert name in README


@pytest.mark.parametrize("name", ["pre-receive", "post-receive"])
def test_every_server_hook_is_in_the_readme(name: str) -> None:
    assert f"gitlog-track hook {name}" in README


@pytest.mark.parametrize("key", [SETTING, RECEIVED_REF, *PUSHERS])
def test_what_a_server_records_is_in_the_readme(key: str) -> None:
    assert key in README


def exit_codes() -> set[int]:
    """Return what errors end with, and what the funnel in ``main`` adds."""
    found = [GitlogTrackError]
    for error in found:
        found += error.__subclasses__()
    return {0, 1, 3, 130, 141} | {error.exit_code for error in found}


def test_the_exit_codes_of_the_readme_are_those_there_are() -> None:
    sentence = README[README.index("Exit codes:") :].split(". ")[0]
    named = {int(code) for code in re.findall(r"(?:^|[:;]) ?(\d+) ", sentence)}
    assert named == exit_codes()


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_link_leads_to_something(path: Path) -> None:
    text = re.sub(r"```.*?```", "", (TOP / path).read_text(), flags=re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        place = (TOP / path).parent / target if target else TOP / path
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(link)
    assert broken == []


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives a document's headings."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def contributing() -> list[str]:
    """Return every command of the table of those who change this program."""
    cells = [
        row[1]
        for row in rows(README, "| what, in the checkout with its `.venv` | command |")
    ]
    lines = [line for cell in cells for line in re.findall("`([^`]+)`", cell)]
    return [part for line in lines for part in line.split(" && ")]


@pytest.mark.parametrize("command", contributing())
def test_the_commands_of_contributors_are_there(command: str) -> None:
    words = command.split()
    if words[:2] == ["python", "-m"]:
        line = [sys.executable, "-m", words[2], "--help"]
    else:
        line = [str(Path(sys.executable).parent / words[0]), "--help"]
    done = subprocess.run(line, cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    options = {word.strip("[]") for word in words if word.strip("[").startswith("--")}
    if words[0] == "python":
        assert {option for option in options if option not in done.stdout} == set()


def test_branches_are_measured_as_ci_measures_them() -> None:
    (told,) = (line for line in contributing() if line.startswith("coverage run"))
    run = " ".join((TOP / ".ci" / "run").read_text().replace("\\\n", " ").split())
    rooms = told.partition("pytest -q ")[2]
    assert f"coverage run -m pytest -q -p no:cacheprovider {rooms} " in run


def test_the_changelog_keeps_its_form() -> None:
    text = (TOP / "CHANGELOG.md").read_text()
    assert text.startswith("# Changelog\n")
    assert "## [Unreleased]" in text


def test_the_document_of_measures_is_the_catalogue(
    request: pytest.FixtureRequest,
) -> None:
    if request.config.getoption("--update-golden"):
        catalogue.PATH.write_text(catalogue.document())
    assert catalogue.PATH.read_text() == catalogue.document()


def test_the_document_of_commands_is_what_they_say(
    request: pytest.FixtureRequest,
) -> None:
    if request.config.getoption("--update-golden"):
        command_reference.PATH.write_text(command_reference.document())
    assert command_reference.PATH.read_text() == command_reference.document()


def test_every_option_says_what_it_is_for() -> None:
    silent = [
        f"{context.command_path} {option.opts[0]}"
        for context in command_reference.commands(command_reference.root())
        for option in command_reference.options(context.command)
        if not option.help
    ]
    assert silent == []
