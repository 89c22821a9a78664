"""What a death, a power failure or a bad disk leaves: locks, and bytes that changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from gitlog_track.log.layout import LOG_REF
from tests.faults.ground import Ground, Scene, folds, syncs
from tests.faults.storage import ACTS, alternating, looked_at
from tests.faults.tally import Fault, Tally
from tests.support.remotes import TRACKING

OURS = tuple(f"work/.git/{ref}.lock" for ref in (LOG_REF, TRACKING))
OTHERS = (
    *("work/.git/packed-refs.lock", "work/.git/index.lock"),
    *(f"origin.git/{LOG_REF}.lock", "origin.git/packed-refs.lock"),
)
LOCKED_ACTS = ("commit", "note", "fold", "sync", "push")


def locks(names: tuple[str, ...]) -> Callable[[Ground, Tally, int], None]:
    """A git that was killed left a lock; ten minutes later life goes on.

    Not of those that are git's own or a server's: a person does what git says.
    """

    def run(ground: Ground, tally: Tally, most: int) -> None:
        cases = [(act, name) for name in names for act in LOCKED_ACTS]
        for act, name in alternating(cases, most):
            where = f"{act} with {name}"
            scene = ground.scene()
            scene.commit("before")
            lock = scene.path / name
            lock.parent.mkdir(parents=True, exist_ok=True)
            lock.touch()
            looked_at(tally, ACTS[act](scene), where)
            scene.later()
            if said := folds(scene) or syncs(scene):
                tally.stuck.append(f"{where}: {said}")
                lock.unlink(missing_ok=True)
            tally.settle(scene, where, syncs)
            ground.done_with(scene)

    return run


# journal

Damage = Callable[[bytes, int], bytes]
DAMAGES: dict[str, Damage] = {
    "a bit": lambda text, at: text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :],
    "high bit": lambda text, at: text[:at] + bytes([text[at] ^ 128]) + text[at + 1 :],
    "nul": lambda text, at: text[:at] + b"\0" + text[at + 1 :],
    "digit": lambda text, at: text[:at] + b"9" + text[at + 1 :],
    "dropped": lambda text, at: text[:at] + text[at + 1 :],
    "newline": lambda text, at: text[:at] + b"\n" + text[at:],
    "cut": lambda text, at: text[:at],
    "zeros to the end": lambda text, at: text[:at] + bytes(len(text) - at),
    "doubled": lambda text, at: text[:at] + text[: len(text) - at] + text[at:],
    "digits": lambda text, at: text[:at] + b"9" * 400 + text[at:],
}


OLD, NEW = b"1" * 40, b"2" * 40
"""The commits of a rewrite; each entry has an old one of its own."""
OF_ITS_PLACE = ("id", "seq", "entry")


def damaged(samples: dict[str, bytes], most: int) -> Iterator[tuple[str, bytes]]:
    """Yield entries, each damaged in one way at one byte, under names of their own."""
    cases = [
        (name, damage, at)
        for name, text in samples.items()
        for damage in DAMAGES
        for at in range(len(text))
    ]
    step = max(len(cases) // most, 1)
    for number, (name, damage, at) in enumerate(cases[::step]):
        stem, dot, suffix = name.partition(".")
        own = samples[name].replace(OLD, f"1{number:039x}".encode())
        yield f"{stem}-{number}{dot}{suffix}", DAMAGES[damage](own, at)


def corrupt_entries(ground: Ground, tally: Tally, most: int) -> None:
    """Every whole entry is folded; every damaged one is folded or set aside, not lost."""
    scene = ground.scene()
    site = scene.site
    journal = Path(site.home.journal)
    samples = {}
    for name in (site.hook("pre-commit", head="3" * 40, branch="refs/heads/main"),
                 site.hook("post-commit", head=OLD.decode()),
                 site.hook("post-rewrite", cause="amend", pair=f"{OLD.decode()} {NEW.decode()}"),
                 site.record(text="damaged")):  # fmt: skip
        samples[name] = (journal / name).read_bytes()
    entries = dict(damaged(samples, most))
    for name, text in entries.items():
        (journal / name).write_bytes(text)
    tally.tries += len(entries) - 1  # the fold is counted too
    looked_at(tally, scene.ours("fold"), "fold")
    scene.later()
    tally.stuck += [said for said in [folds(scene)] if said]
    aside = {name.split(".json.")[0] for name in os.listdir(site.home.unreadable)}
    left = {name: text for name, text in entries.items() if name not in aside}
    events = site.events()
    tally.acknowledged += len(entries)
    tally.lost += lost_by_name(left, events)
    tally.lost += lost_commits(left, events) + lost_pairs(left, events)
    tally.wrong += garbage(next(name for name in samples if "json" in name), events)
    tally.account(scene, "corrupt entries")


Event = dict[str, object]


def entry_of(event: Event) -> str:
    return str(event.get("entry", "")).rpartition("@")[0]


def lost_by_name(left: dict[str, bytes], events: list[Event]) -> list[str]:
    """The entries that no event names, of those that events do name."""
    names = {entry_of(event) for event in events}
    return [name for name in left if name not in names and name[:5] != "post-"]


def lost_commits(left: dict[str, bytes], events: list[Event]) -> list[str]:
    """The commits, as they stand in the file now, that are not in the log."""
    there = {event.get("commit") for event in events}
    told = {n: facts(left[n], b"head") for n in left if n.startswith("post-commit")}
    return [name for name in told if not there & {row[0] for row in told[name] if row}]


def lost_pairs(left: dict[str, bytes], events: list[Event]) -> list[str]:
    """The rewrites whose pairs, as they stand in the file now, are not in the log."""
    there = {
        tuple(pair)
        for event in events
        if event["kind"] == "commits_rewritten" and isinstance(event["pairs"], list)
        for pair in event["pairs"]
    }
    told = {n: facts(left[n], b"pair") for n in left if n.startswith("post-rewrite")}
    return [name for name, pairs in told.items() if not pairs or pairs - there]


def facts(text: bytes, key: bytes) -> set[tuple[str, ...]]:
    """Return the words of a hook's lines of one key."""
    rows = (line.split(b" ") for line in text.split(b"\n"))
    return {
        tuple(w.decode("utf-8", "replace") for w in row[1:3])
        for row in rows
        if row[0] == key
    }


def garbage(sample: str, events: list[Event]) -> list[str]:
    """A command's entry has a checksum: what is in the log is what was written."""
    told = {
        entry_of(event): {key: event[key] for key in event if key not in OF_ITS_PLACE}
        for event in events
        if entry_of(event).startswith(sample.removesuffix(".json"))
    }
    return [
        f"{name} became {told[name]}" for name in told if told[name] != told[sample]
    ]


# objects


def objects_of_log(scene: Scene) -> list[str]:
    """The objects of the log's tip that a fold or a report reads."""
    rows = scene.repo.git("rev-list", "--objects", "-1", LOG_REF).split("\n")
    return [row.split(" ")[0] for row in rows]


def loose(scene: Scene, oid: str) -> Path:
    return scene.repo.common / "objects" / oid[:2] / oid[2:]


OBJECT_DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda data: bytes([data[0] ^ 0xFF]) + data[1:],
    "middle": lambda data: DAMAGES["a bit"](data, len(data) // 2),
    "last byte": lambda data: DAMAGES["a bit"](data, len(data) - 1),
    "cut": lambda data: data[: len(data) // 2],
    "checksum cut": lambda data: data[:-4],
    "empty": lambda _: b"",
    "zeros": lambda data: bytes(len(data)),
}


def corrupt_loose(ground: Ground, tally: Tally, most: int) -> None:
    """An object of the log is damaged; what waits is kept until it has been replaced.

    A person does what the message says: fetches the object from a remote that has it.
    """
    template = ground.scene()
    syncs(template)
    acts = ("fold", "note", "commit", "report", "sync")
    cases = [
        (n, damage)
        for n in range(len(objects_of_log(template)))
        for damage in OBJECT_DAMAGES
    ]
    for number, (object_number, damage) in enumerate(alternating(cases, most)):
        act = acts[number % len(acts)]
        scene = ground.scene()
        syncs(scene)
        scene.wait("before the damage")
        oid = objects_of_log(scene)[object_number % len(objects_of_log(scene))]
        where = f"{act}, {oid[:8]} {damage}"
        path = loose(scene, oid)
        good = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(OBJECT_DAMAGES[damage](good))
        looked_at(tally, ACTS[act](scene), where)
        if said := folds(scene):
            tally.stuck.append(f"{where}: {said}")
        if scene.run(("git", "fsck", "--no-dangling")).returncode:
            path.unlink()
            fetch = ("git", "fetch", "-q", "--refetch", "origin", LOG_REF)
            if scene.run(fetch).returncode:
                tally.wrong.append(f"{where}: cannot be fetched again")
        tally.settle(scene, where, folds)
        ground.done_with(scene)


def corrupt_pack(ground: Ground, tally: Tally, most: int) -> None:
    """The pack that holds the log is damaged somewhere."""
    for number in range(most):
        scene = ground.scene()
        scene.repo.git("gc", "-q", "--prune=now")
        [pack] = (scene.repo.common / "objects/pack").glob("*.pack")
        good = pack.read_bytes()
        at = 12 + (len(good) - 32) * number // most
        where = f"byte {at} of {len(good)}"
        pack.chmod(0o644)
        pack.write_bytes(DAMAGES["high bit"](good, at))
        act = ("fold", "note", "commit", "report", "sync")[number % 5]
        looked_at(tally, ACTS[act](scene), f"{act}, {where}")
        said = folds(scene)
        if said:
            tally.stuck.append(f"{where}: {said}")
        pack.write_bytes(good)
        tally.settle(scene, where, syncs)
        ground.done_with(scene)


def rows() -> Iterator[Fault]:
    yield Fault("lock of a ref of ours left behind", 2, 10, locks(OURS))
    name = "lock of git's own, or of the server's, left behind"
    yield Fault(name, 2, 20, locks(OTHERS), helped=True)
    yield Fault("corrupt journal entry, each byte", 400, 20_000, corrupt_entries)
    yield Fault("corrupt object of the log, loose", 3, 50, corrupt_loose, helped=True)
    yield Fault("corrupt object of the log, packed", 3, 40, corrupt_pack, helped=True)
