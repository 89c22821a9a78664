"""The pre-commit framework, for real: alone, beside our native hooks, in both orders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.gate import tell_log
from tests.support.hooks import HOOK_NAMES, executable, sh, stored
from tests.support.messages import TASK, message, trailers
from tests.support.repos import Repo

PROJECT = Path(__file__).parents[2]
MANIFEST = PROJECT / ".pre-commit-hooks.yaml"
NETWORK = "GITLOG_TRACK_TEST_NETWORK"
MAY_USE_NETWORK = bool(os.environ.get(NETWORK))

pytest.importorskip("pre_commit")


def framework(repo: Repo, *args: str) -> subprocess.CompletedProcess[str]:
    done = repo.run(sys.executable, "-m", "pre_commit", *args)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def install(repo: Repo, *args: str) -> None:
    """Install the framework's hooks of all our types."""
    types = [arg for name in HOOK_NAMES for arg in ("--hook-type", name)]
    framework(repo, "install", *types, *args)


def configure(repo: Repo) -> None:
    """Name our hooks in the framework's configuration, as installed here."""
    rows = ["repos:", "- repo: local", "  hooks:"]
    for name in HOOK_NAMES:
        rows += [
            f"  - id: gitlog-track-{name}",
            f"    name: gitlog-track {name}",
            f"    entry: {sys.executable} -m gitlog_track hook {name}",
            "    language: system",
            f"    stages: [{name}]",
            "    always_run: true",
            f"    pass_filenames: {'true' if name == 'commit-msg' else 'false'}",
        ]
    repo.write(".pre-commit-config.yaml", "\n".join(rows) + "\n")


@pytest.fixture
def scratch(repo: Repo) -> Repo:
    """A repository that is not tracked, where the framework is configured for us."""
    configure(repo)
    repo.write(".gitlog-track.toml", '[log]\nfold = "sync"\n')
    sh(repo, "c base")
    return repo


def facts(repo: Repo) -> list[tuple[str, str]]:
    """Return kind and operation, or number of pairs, of every event of a hook."""
    return [
        (event["kind"], str(event.get("operation") or len(event.get("pairs", ()))))
        for event in stored(repo)
        if event["source"].startswith("hook:")
    ]


AMENDED = [
    ("commit_attempted", "0"),
    ("commit_recorded", "commit"),
    ("commit_attempted", "0"),
    ("commit_recorded", "amend"),
    ("commits_rewritten", "1"),
]


def test_the_manifest_is_valid_and_has_one_hook_a_stage() -> None:
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)],
        check=True,
    )
    text = MANIFEST.read_text()
    for name in HOOK_NAMES:
        hook = text.partition(f"- id: gitlog-track-{name}\n")[2].partition("- id:")[0]
        assert f"entry: gitlog-track hook {name}\n" in hook
        assert f"stages: [{name}]\n" in hook
        assert "always_run: true\n" in hook
        assert "language: python\n" in hook
        assert "minimum_pre_commit_version: '3.2.0'" in hook
        takes_file = str(name == "commit-msg").lower()
        assert f"pass_filenames: {takes_file}\n" in hook
    check = text.partition("- id: gitlog-track-docs-check\n")[2]
    assert "entry: gitlog-track docs check\n" in check
    assert "types: [markdown]\n" in check
    assert text.count("- id: ") == len(HOOK_NAMES) + 1


def test_alone_it_records_commits_and_amends_once(scratch: Repo) -> None:
    install(scratch)
    scratch.ours("hook", "pre-push")
    known = len(facts(scratch))
    scratch.ours("start", "P1-001")
    old = scratch.git("rev-parse", "HEAD")
    scratch.git("commit", "-q", "--allow-empty", "-m", "Do it")
    first = scratch.head()
    scratch.git("commit", "-q", "--amend", "--allow-empty", "-m", "Do it well")

    assert facts(scratch)[known:] == AMENDED
    [rewritten] = stored(scratch, "commits_rewritten")
    assert rewritten["pairs"] == [[first, scratch.head()]]
    assert trailers(scratch) == [TASK]
    assert scratch.git("rev-parse", "HEAD~1") == old
    assert scratch.git("status", "--porcelain") == ""


@pytest.mark.parametrize("backend", ["--merge", "--apply"])
def test_alone_it_recovers_what_a_rebase_rewrote(scratch: Repo, backend: str) -> None:
    sh(scratch, "git checkout -q -b topic; c t1; c t2; git checkout -q main; c m1")
    sh(scratch, "git checkout -q topic")
    old = scratch.git("rev-list", "--reverse", "main..topic").split()
    install(scratch)
    scratch.ours("hook", "pre-push")
    sh(scratch, f"git rebase -q {backend} main")

    new = scratch.git("rev-list", "--reverse", "main..topic").split()
    [rewritten] = stored(scratch, "commits_rewritten")
    assert rewritten["cause"] == "rebase"
    assert rewritten["pairs"] == [list(pair) for pair in zip(old, new, strict=True)]


def test_alone_it_tells_a_merge_from_a_fast_forward(scratch: Repo) -> None:
    sh(scratch, "git checkout -q -b topic; c t1; git checkout -q main")
    install(scratch)
    scratch.ours("hook", "pre-push")
    known = len(facts(scratch))
    sh(scratch, "git merge -q topic")
    assert len(facts(scratch)) == known

    sh(scratch, "git reset -q --hard HEAD~1; git merge -q --no-ff topic")
    assert facts(scratch)[-1] == ("commit_recorded", "merge")
    assert stored(scratch)[-1]["commit"] == scratch.head()


def test_alone_it_reads_a_configuration_that_changed(scratch: Repo) -> None:
    scratch.ours("hook", "pre-push")
    settings = scratch.journal.parent / "settings"
    assert "fold=sync\n" in settings.read_text()
    later = settings.stat().st_mtime_ns + 1_000_000_000
    scratch.write(".gitlog-track.toml", '[trailers]\ntask = "Item"\n')
    os.utime(scratch.path / ".gitlog-track.toml", ns=(later, later))
    scratch.ours("hook", "pre-push")

    assert "trailer=Item\n" in settings.read_text()


def test_a_broken_configuration_stops_nothing(scratch: Repo) -> None:
    scratch.write(".gitlog-track.toml", "[log\n")
    done = scratch.cli("hook", "post-commit")

    assert done.returncode == 0
    assert "is no TOML" in done.stderr
    assert scratch.journal.is_dir()


@pytest.mark.parametrize("ours_first", [True, False])
def test_beside_our_native_hooks_each_thing_is_recorded_once(
    scratch: Repo,
    ours_first: bool,
) -> None:
    if ours_first:
        scratch.ours("init")
        install(scratch)
    else:
        install(scratch)
        scratch.ours("init")
    hooks = scratch.common / "hooks"
    for name in HOOK_NAMES:
        assert "File generated by pre-commit" in (hooks / name).read_text()
        assert "# gitlog-track hook: " in (hooks / f"{name}.legacy").read_text()
    assert scratch.cli("doctor").returncode == 0
    scratch.ours("start", "P1-001")
    scratch.git("commit", "-q", "--allow-empty", "-m", "Do it")
    first = scratch.head()
    scratch.git("commit", "-q", "--amend", "--allow-empty", "-m", "Do it well")

    assert facts(scratch) == AMENDED
    [rewritten] = stored(scratch, "commits_rewritten")
    assert rewritten["pairs"] == [[first, scratch.head()]]
    assert trailers(scratch) == [TASK]


def test_beside_our_native_hooks_a_rebase_is_recorded_once(scratch: Repo) -> None:
    sh(scratch, "git checkout -q -b topic; c t1; c t2; git checkout -q main; c m1")
    scratch.ours("init")
    install(scratch)
    sh(scratch, "git checkout -q topic; git rebase -q main")

    assert facts(scratch) == [
        ("commit_recorded", "rebase"),
        ("commit_recorded", "rebase"),
        ("commits_rewritten", "2"),
    ]


def test_a_second_install_keeps_ours_and_uninstall_puts_it_back(scratch: Repo) -> None:
    hooks = scratch.common / "hooks"
    scratch.ours("init")
    before = {name: (hooks / name).read_text() for name in HOOK_NAMES}
    install(scratch)
    install(scratch)
    scratch.ours("init")
    assert {
        name: (hooks / f"{name}.legacy").read_text() for name in HOOK_NAMES
    } == before

    types = [arg for name in HOOK_NAMES for arg in ("--hook-type", name)]
    framework(scratch, "uninstall", *types)
    assert {name: (hooks / name).read_text() for name in HOOK_NAMES} == before
    assert not list(hooks.glob("*.legacy"))


def test_install_by_force_cuts_us_off_and_doctor_says_so(scratch: Repo) -> None:
    scratch.ours("init")
    install(scratch, "-f")
    found = scratch.cli("doctor")

    assert found.returncode == 1
    for name in HOOK_NAMES:
        assert f"hook {name} is the pre-commit framework's alone" in found.stdout
    assert "one ref only" in found.stdout
    scratch.ours("init")
    assert scratch.cli("doctor").returncode == 0


def test_a_users_hook_is_kept_under_both(scratch: Repo) -> None:
    hooks = scratch.common / "hooks"
    executable(hooks / "post-commit", "#!/bin/sh\necho ran >>.git/ran\n")
    scratch.ours("init")
    install(scratch)
    sh(scratch, "git commit -q --allow-empty -m one")

    assert (scratch.common / "ran").read_text() == "ran\n"
    scratch.ours("deinit")
    assert (hooks / "post-commit.legacy").read_text().endswith(">>.git/ran\n")


def test_every_ref_of_a_push_reaches_our_hook(scratch: Repo, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    hooks = scratch.common / "hooks"
    executable(hooks / "pre-push", f"#!/bin/sh\ncat >{seen}\n")
    install(scratch)
    scratch.ours("init")
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "remote"], check=True)
    sh(scratch, "git branch a; git branch b; git push -q ../remote a b main")

    refs = sorted(line.split()[0] for line in seen.read_text().splitlines())
    assert refs == ["refs/heads/a", "refs/heads/b", "refs/heads/main"]


@pytest.mark.parametrize("native", [True, False])
def test_an_untouched_template_still_aborts_under_the_framework(
    scratch: Repo,
    tmp_path: Path,
    native: bool,
) -> None:
    install(scratch)
    if native:
        scratch.ours("init")
    scratch.ours("hook", "pre-push")
    scratch.ours("start", "P1-001")
    template = tmp_path / "template"
    template.write_text("Why:\n")
    before = scratch.head()
    refused = scratch.run(
        *("git", "commit", "--allow-empty", "--no-edit", "-t", str(template)),
    )

    assert refused.returncode == 1
    assert "you did not edit the message" in refused.stderr
    assert scratch.head() == before


DOCS_CHECK = f"""\
repos:
- repo: local
  hooks:
  - id: gitlog-track-docs-check
    name: gitlog-track docs check
    entry: {sys.executable} -m gitlog_track docs check
    language: system
    stages: [pre-commit]
    types: [markdown]
    require_serial: true
"""


def test_a_commit_of_a_document_that_is_out_of_date_is_stopped(tracked: Repo) -> None:
    tell_log(tracked.path)
    tracked.write(".pre-commit-config.yaml", DOCS_CHECK)
    marker = "<!-- gitlog-track:value task=P1-009 measure=token_count_used -->"
    tracked.write("notes.txt", f"{marker}no document<!-- gitlog-track:end -->\n")
    tracked.write("a.md", f"It used {marker}<!-- gitlog-track:end --> tokens.\n")
    framework(tracked, "install")
    tracked.git("add", ".")
    commit = ("git", "commit", "-qm", "Tell it", "-m", "Task: P1-009")
    refused = tracked.run(*commit)
    assert refused.returncode == 1
    assert "gitlog-track docs update a.md" in refused.stderr

    tracked.ours("docs", "update", "a.md")
    tracked.git("add", ".")
    for _ in range(2):  # the commit that the first made changes nothing
        done = tracked.run(*commit, "--allow-empty")
        assert done.returncode == 0, done.stderr
    framework(tracked, "run", "--all-files")


def test_init_writes_and_installs_the_frameworks_side(repo: Repo) -> None:
    repo.ours("init", "--pre-commit")
    config = repo.path / ".pre-commit-config.yaml"
    framework(repo, "validate-config", str(config))
    hooks = repo.common / "hooks"

    for name in HOOK_NAMES:
        assert f"entry: gitlog-track hook {name}\n" in config.read_text()
        assert "# gitlog-track hook: " in (hooks / f"{name}.legacy").read_text()
    assert repo.cli("doctor").returncode == 0


def test_a_foreign_configuration_is_never_edited(repo: Repo) -> None:
    repo.write(".pre-commit-config.yaml", "repos: []\n")
    refused = repo.cli("init", "--pre-commit")

    assert refused.returncode == 2
    assert "id: gitlog-track-post-commit" in refused.stderr
    assert (repo.path / ".pre-commit-config.yaml").read_text() == "repos: []\n"


@pytest.mark.slow
@pytest.mark.skipif(not MAY_USE_NETWORK, reason=f"{NETWORK} is not set")
@pytest.mark.parametrize("name", HOOK_NAMES)
def test_try_repo_of_a_clone_of_this_project(
    repo: Repo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)  # it installs what it cloned
    # try-repo removes what it installed: no detached fold may still be loading it.
    repo.write(".gitlog-track.toml", '[log]\nfold = "sync"\n')
    sh(repo, "c base; c two; echo 'Do it' >.git/message")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(PROJECT), str(clone)], check=True)
    if not (clone / MANIFEST.name).exists():
        shutil.copy(MANIFEST, clone)
    extra = {
        "commit-msg": ["--commit-msg-filename", ".git/message"],
        "post-rewrite": ["--rewrite-command", "amend"],
        "post-merge": ["--is-squash-merge", "0"],
        "pre-push": [
            *("--from-ref", "HEAD~1", "--to-ref", "HEAD", "--remote-name", "origin"),
            *(
                "--remote-url",
                "../r",
                "--local-branch",
                "main",
                "--remote-branch",
                "main",
            ),
        ],
    }
    done = repo.run(
        *(sys.executable, "-m", "pre_commit", "try-repo", str(clone)),
        *(f"gitlog-track-{name}", "--hook-stage", name, "--verbose"),
        *extra.get(name, []),
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
    assert "nothing recorded" not in done.stdout
    assert (repo.common / "gitlog-track" / "settings").exists()
    assert message(repo) == "two\n"
