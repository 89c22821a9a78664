"""What a server takes in our namespaces: the log, a probe of doctor, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.gate import Project, is_refused, nothing_received

LOG = "refs/gitlog-track/log"
RECEIVED = "refs/gitlog-track-received/log"
BESIDE = "refs/gitlog-track/other"


@pytest.fixture
def served(project: Project) -> Project:
    """The bare repository judges; nothing on the client's side does."""
    project.serve()
    project.work.git("config", "core.hooksPath", "/dev/null")
    return project


@pytest.mark.parametrize(
    ("what", "ref"),
    [
        (LOG, BESIDE),
        ("main", f"{LOG}/below"),
        ("main^{tree}", f"{LOG}2"),
        (LOG, "refs/gitlog-track"),
    ],
)
def test_nothing_is_made_beside_the_log(served: Project, what: str, ref: str) -> None:
    with nothing_received(served):
        done = served.push("origin", f"{what}:{ref}")
        assert is_refused(done, f"{ref} is no place to push to"), done.stderr


@pytest.mark.parametrize(
    "refspec", [f":{BESIDE}", f"+{LOG}~1:{BESIDE}", f"main:{BESIDE}"]
)
def test_nothing_beside_the_log_is_moved_or_deleted(
    served: Project, refspec: str
) -> None:
    assert served.push("origin", LOG).returncode == 0
    tip = served.received()[LOG]
    served.origin.git("update-ref", BESIDE, tip)
    with nothing_received(served):
        done = served.push("origin", refspec, "--force")
        assert is_refused(done, f"the log is {LOG}, alone"), done.stderr


@pytest.mark.parametrize(
    ("recording", "ref"), [("true", f"{RECEIVED}/x"), ("false", RECEIVED)]
)
def test_no_push_writes_what_the_server_writes(
    served: Project, recording: str, ref: str
) -> None:
    served.origin.git("config", "gitlog-track.recordReceived", recording)
    with nothing_received(served):
        done = served.push("origin", f"main:{ref}")
        assert is_refused(done, f"{ref} is written by this server alone"), done.stderr
    served.origin.git("update-ref", RECEIVED, "HEAD")
    with nothing_received(served):
        done = served.push("origin", f":{RECEIVED}")
        assert is_refused(done, "is written by this server alone"), done.stderr


def test_a_log_of_another_name_has_the_namespace_to_itself_too(served: Project) -> None:
    served.origin.git("config", "gitlog-track.ref", "refs/heads/gitlog-track")
    for ref in (LOG, "refs/heads/gitlog-track/x"):
        with nothing_received(served):
            done = served.push("origin", f"{LOG}:{ref}")
            assert is_refused(done, "the log is refs/heads/gitlog-track"), done.stderr
    done = served.push("origin", f"{LOG}:refs/heads/gitlog-track")
    assert done.returncode == 0, done.stderr


def test_a_probe_comes_and_goes_and_is_never_moved(served: Project) -> None:
    done = served.work.cli("doctor", "--remote", "origin")
    assert "ok      origin takes, keeps and gives back refs" in done.stdout, done.stdout
    probe = f"{LOG}-probe-00000000"
    assert served.push("origin", f"main:{probe}").returncode == 0
    bad = served.commit("Go on")
    with nothing_received(served):
        assert is_refused(served.push("origin", f"{bad}:{probe}"), "no place to push")
    assert served.push("origin", f":{probe}").returncode == 0


def test_refs_that_only_begin_alike_are_nobodys(served: Project) -> None:
    for ref in ("refs/gitlog-tracker/x", "refs/gitlog-track-remote/origin/log"):
        assert served.push("origin", f"main:{ref}").returncode == 0
