"""A launch whose queue runs in this process and keeps every slot busy."""

import signal
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType

from reviewlab.console.exit import handle_signals, stop_signals
from reviewlab.launching.launch import Launch, LaunchPlan
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import Slot
from reviewlab.sweeps.queue import Process, Queue, View


class QueueLaunch(Launch):
    """Runs as many jobs at a time as there are slots.

    Subclasses implement `_start_in` for their launcher.

    Args:
        plan: the planned sweep.
        slots: the slots that jobs run in.
        threads: number of threads that each job computes with.
    """

    def __init__(self, plan: LaunchPlan, slots: Sequence[Slot], threads: int) -> None:
        super().__init__(plan, len(slots), threads)
        self._slots = slots

    def _start_in(
        self, folder: Path, job: Job, overrides: Sequence[str], slots: Sequence[Slot]
    ) -> Process:
        """Start a job whose folder has been prepared.

        Args:
            folder: the job's folder.
            job: the job to start.
            overrides: the overrides that the sweep sets for the job.
            slots: the slots that the job occupies.
        """
        raise NotImplementedError

    def _carry_out(self, views: Sequence[View]) -> None:
        settings = self._settings
        queue = Queue(
            self._work, views, self._slots, self._start, settings.timeout, settings.fail_fast
        )
        # until the tables are written, no signal ends this process without a word
        self._until_the_end.enter_context(self._signals(queue))
        queue.run()

    def _start(self, job: Job, slots: Sequence[Slot]) -> tuple[Path, Process] | None:
        """Start a job in its folder; return None while another process trains in it."""
        path = self._prepare_folder(job)
        if path is None:
            return None
        return path, self._start_in(path, job, self._planner.overrides(job), slots)

    def _signals(self, queue: Queue) -> AbstractContextManager[None]:
        """Handle signals: the first makes jobs save and stop, a second Ctrl-C kills them.

        A second signal of another kind kills nothing, since `timeout` sends SIGTERM twice, to its
        child and to the child's process group, and so do shells with SIGHUP.
        """

        def handle(number: int, frame: FrameType | None) -> None:
            if self._stopped_by and number == signal.SIGINT:
                queue.kill()
            else:
                queue.stop()
            self._stopped_by = number

        return handle_signals(dict.fromkeys(stop_signals(), handle))
