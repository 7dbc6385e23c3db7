from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading

import pytest

from dross import progress
from dross.progress import Interrupted, bar, explain_interrupt, finish_unit_on_interrupt, track


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_short_job_says_nothing_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(track(range(3), None, "Scoring")) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_a_long_job_says_two_lines_off_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("dross.progress.time.monotonic", lambda: now[0])
    with bar(3000, "Scoring") as counter:
        for _ in range(3):
            now[0] += 8
            counter.advance(1000)
    assert capsys.readouterr().err == ("Scoring: 2,000 of 3,000 done after 16 s\nScoring: ended, 3,000 done in 24 s\n")


def test_a_terminal_shows_a_bar_and_ci_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for environment, shown in ((None, True), ("true", False)):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        if environment:
            monkeypatch.setenv("CI", environment)
        else:
            monkeypatch.delenv("CI", raising=False)
        with bar(None, "Scoring") as counter:
            counter.set(5, 10)
            counter.advance(5, "best 0.9")
        assert ("Scoring" in terminal.getvalue()) == shown
        assert ("best 0.9" in terminal.getvalue()) == shown


def test_a_bar_that_waits_is_shown_only_for_a_job_that_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    for seconds, shown in ((1.0, False), (3.0, True)):
        now = [0.0]
        monkeypatch.setattr("dross.progress.time.monotonic", lambda now=now: now[0])
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        with bar(2, "Training", after=2.0) as counter:
            now[0] += seconds
            counter.advance(1, "loss 0.5")
        assert ("loss 0.5" in terminal.getvalue()) == shown
        assert (terminal.getvalue() != "") == shown


def test_one_job_shows_itself_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with bar(2, "Refining") as outer:
        with bar(2, "Training") as inner:
            inner.advance()
        outer.advance()
    assert "Refining" in terminal.getvalue()
    assert "Training" not in terminal.getvalue()
    with bar(2, "Scoring") as later:  # and the next one is shown again
        later.advance()
    assert "Scoring" in terminal.getvalue()


def test_a_bar_of_bytes_counts_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with bar(2_000_000, "thyroid.mat", bytes_=True) as counter:
        counter.advance(2_000_000)
    assert "2.0/2.0 MB" in terminal.getvalue()


def press_twice() -> None:
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGINT)


def test_the_first_interrupt_lets_the_unit_finish_and_the_second_stops(capsys: pytest.CaptureFixture[str]) -> None:
    done = []
    with finish_unit_on_interrupt("run") as stop:
        for unit in range(5):
            if stop.requested:
                break
            os.kill(os.getpid(), signal.SIGINT)
            done.append(unit)
    assert done == [0]
    assert capsys.readouterr().err == "Ctrl-C: finishing the current run (press Ctrl-C again to stop at once)\n"
    with pytest.raises(KeyboardInterrupt), finish_unit_on_interrupt():
        press_twice()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_other_threads_are_left_alone() -> None:
    seen = []

    def job() -> None:
        with finish_unit_on_interrupt() as stop:
            seen.append(stop.requested)

    thread = threading.Thread(target=job)
    thread.start()
    thread.join()
    assert seen == [False]


def test_an_interrupt_is_explained_once() -> None:
    with pytest.raises(Interrupted) as caught, explain_interrupt("outer"), explain_interrupt("nothing was written"):
        raise KeyboardInterrupt
    assert str(caught.value) == "interrupted: nothing was written"
    assert caught.value.exit_code == 130


def test_rich_is_not_imported_until_a_bar_is_shown() -> None:
    code = f"import sys, {progress.__name__}; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
