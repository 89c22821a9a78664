"""Begin and end tracking in a repository: hooks, settings, configuration.

Hooks that were there are kept and called; every change is listed; doing it twice
changes nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gitlog_track.config import (
    FILE_NAME,
    NO_SYNC,
    PYPROJECT,
    Config,
    parse_toml,
    pyproject_table,
    render_config,
)
from gitlog_track.errors import GitError, LogError
from gitlog_track.git.commits import merge_base
from gitlog_track.git.objects import ObjectReader
from gitlog_track.git.pushes import peel
from gitlog_track.git.repository import hooks_dir
from gitlog_track.log.layout import FALLBACK_REFS, LOG_REF
from gitlog_track.log.settings import SharedUmask, save_settings
from gitlog_track.log.tree import LogTree
from gitlog_track.log.writer import writer_of
from gitlog_track.services.hook_scripts import (
    CHAINED_SUFFIX,
    HOOK_NAMES,
    owner_of,
    render,
)
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was changed.

    Attributes:
        path: what was written, moved or removed.
        text: what was done, for people.
    """

    path: str
    text: str


def install(workspace: Workspace, environment: Mapping[str, str]) -> list[Change]:
    """Begin tracking: our directory, the hooks, and a configuration if there is none.

    A log that was kept under another name goes on under the one that is configured.

    Args:
        workspace: where.
        environment: the process environment, by which git finds its hooks.

    Raises:
        LogError: a bare repository, or a directory that cannot be written.
    """
    top = workspace.repository.top
    if top is None:
        raise LogError(
            f"{workspace.repository.common_dir} has no work tree, so no commits are made "
            "in it",
            hint="run init in a clone with a work tree",
        )
    try:
        with SharedUmask(workspace.settings):
            changes = _install_home(workspace)
            directory = hooks_dir(environment)
            os.makedirs(directory, exist_ok=True)
            for name in HOOK_NAMES:
                changes += _install_hook(directory, name)
        changes += _write_config(workspace, top)
        changes += _adopt_former_log(workspace)
    except OSError as err:
        raise LogError(
            f"cannot write {err.filename}: {err.strerror}",
            hint="nothing else was changed; mend the permission and run init again",
        ) from err
    return changes


def _install_home(workspace: Workspace) -> list[Change]:
    home = workspace.home
    settings = workspace.settings
    new = not os.path.isdir(home.journal)
    os.makedirs(home.journal, exist_ok=True)
    written = save_settings(home, settings)
    # Now and not at the first fold: entries may be copied with the clone before.
    writer_of(home, workspace.clock.now_ns())
    if new:
        return [Change(home.path, "created: the journal and this clone's settings")]
    return (
        [Change(home.settings, "rewritten from the configuration")] if written else []
    )


def _adopt_former_log(workspace: Workspace) -> list[Change]:
    """Let the log go on under its new name, where ``log.ref`` was changed.

    Of several former names the one counts whose log contains the most others.
    """
    ref, git = workspace.ref(), workspace.git
    if ref.read() is not None:
        return []
    names = (name for name in (LOG_REF, *FALLBACK_REFS) if name != ref.name)
    tips = {name: tip for name in names if (tip := _log_at(workspace, name))}
    if not tips:
        return []
    contained = {
        name: sum(merge_base(git, tip, other) == other for other in tips.values())
        for name, tip in tips.items()
    }
    former = max(tips, key=lambda name: contained[name])
    if not ref.move(None, tips[former], "init"):
        raise LogError(
            f"{ref.name} cannot be made, where the log of {former} is to go on",
            hint=f"git update-ref {ref.name} {former} tells why",
        )
    return [Change(ref.name, f"the log of {former} goes on here")]


def _log_at(workspace: Workspace, name: str) -> str | None:
    """Return the log commit that a ref names; None where it is none."""
    git, common = workspace.git, workspace.home.common_dir
    tip = peel(git, name)
    if tip is None:
        return None
    try:
        with ObjectReader(git, common) as reader:
            LogTree(reader, tip)
    except LogError:
        return None
    return tip


def _install_hook(directory: str, name: str) -> list[Change]:
    main = f"{directory}/{name}"
    if owner_of(main) == "framework":
        return _install_at(f"{main}.legacy", f"{main}{CHAINED_SUFFIX}", name)
    return _install_at(main, f"{main}{CHAINED_SUFFIX}", name)


def _install_at(path: str, chained: str, name: str) -> list[Change]:
    changes = []
    if owner_of(path) == "other":
        if os.path.lexists(chained):
            raise GitError(
                f"{path} is not ours, and {chained} already keeps another hook",
                hint=f"join the two hooks into {chained}, remove {path}, run init again",
            )
        os.rename(path, chained)
        text = "kept as it was; our hook calls it"
        changes.append(Change(chained, f"{os.path.basename(path)} {text}"))
    text = render(name)
    if _read(path) != text:
        known = os.path.lexists(path)
        _write_executable(path, text)
        changes.append(Change(path, "updated" if known else "installed"))
    return changes


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""


def _write_executable(path: str, text: str) -> None:
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(temporary, 0o777 & ~_umask())
    os.replace(temporary, path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_config(workspace: Workspace, top: str) -> list[Change]:
    path = f"{top}/{FILE_NAME}"
    if os.path.lexists(path) or is_in_pyproject(top):
        return []
    with open(path, "w", encoding="utf-8") as file:
        file.write(render_config(_with_baseline(workspace)))
    return [Change(path, "written: commit it, so that every clone is alike")]


def stop_carrying(workspace: Workspace) -> Change:
    """Let no push from this clone carry the log; the project's configuration stays.

    Raises:
        GitError: git cannot write its configuration.
    """
    workspace.git.run("config", "--local", NO_SYNC, "false")
    text = f"{NO_SYNC} = false: no push from this clone carries the log"
    return Change(f"{workspace.repository.common_dir}/config", text)


def is_in_pyproject(top: str) -> bool:
    """Does pyproject.toml hold the configuration? A file of ours would switch it off.

    Raises:
        ConfigError: pyproject.toml is no TOML.
    """
    tables = parse_toml(_read(f"{top}/{PYPROJECT}"), PYPROJECT)
    return pyproject_table(tables) is not None


def _with_baseline(workspace: Workspace) -> Config:
    """Return the configuration with HEAD as baseline: nobody can reword what is there."""
    head = peel(workspace.git, "HEAD")
    config = workspace.config
    return replace(config, gate_baseline=(head,)) if head else config


def uninstall(workspace: Workspace, environment: Mapping[str, str]) -> list[Change]:
    """End tracking: fold what waits, take our hooks out, put back what was there.

    The log and the configuration file stay, and so do hooks that are not this
    repository's alone.

    Raises:
        LogError: something cannot be removed, or the journal cannot be folded.
    """
    workspace.fold()
    changes = []
    try:
        changes += _remove_hooks(workspace, hooks_dir(environment))
        changes += _remove_home(workspace)
    except OSError as err:
        raise LogError(f"cannot remove {err.filename}: {err.strerror}") from err
    return changes


def _remove_hooks(workspace: Workspace, directory: str) -> list[Change]:
    ours = [
        (path, f"{directory}/{name}{CHAINED_SUFFIX}")
        for name in HOOK_NAMES
        for path in (f"{directory}/{name}", f"{directory}/{name}.legacy")
        if owner_of(path) == "ours"
    ]
    if ours and _is_shared(workspace, directory):
        text = (
            "our hooks stay: core.hooksPath may lead other repositories here; they do "
            "nothing where tracking has not begun"
        )
        return [Change(directory, text)]
    return [change for path, chained in ours for change in _remove_hook(path, chained)]


def _is_shared(workspace: Workspace, directory: str) -> bool:
    """May other repositories take their hooks from a directory?

    Not from one in our git directory, nor from one in our work tree that only our own
    configuration names.
    """
    repository = workspace.repository
    if _is_in(directory, repository.common_dir):
        return False
    own = workspace.git.try_run("config", "--local", "core.hooksPath")[0] == 0
    return not (own and repository.top and _is_in(directory, repository.top))


def _is_in(path: str, directory: str) -> bool:
    top = os.path.realpath(directory)
    return os.path.commonpath([os.path.realpath(path), top]) == top


def _remove_hook(path: str, chained: str) -> list[Change]:
    if os.path.lexists(chained):
        os.replace(chained, path)
        return [Change(path, "the hook that was there before is back")]
    os.unlink(path)
    return [Change(path, "removed")]


def _remove_home(workspace: Workspace) -> list[Change]:
    """Remove our directory; entries that could not be understood are never thrown away."""
    home = workspace.home
    if not os.path.isdir(home.path):
        return []
    ref = workspace.log_ref
    left = [n for _, _, names in os.walk(home.journal) for n in names]
    if left:
        os.unlink(home.settings)
        text = f"settings removed; {len(left)} journal entries stay"
        return [Change(home.path, text)]
    shutil.rmtree(home.path)
    return [Change(home.path, f"removed; the log stays in {ref}")]
