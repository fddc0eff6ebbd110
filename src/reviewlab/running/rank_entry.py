"""The entry point of a run's ranks other than the first: `python rank_entry.py <run folder>`."""

import logging
import signal
import sys
import traceback
from pathlib import Path

from reviewlab.console.exit import install_handler, run_signals
from reviewlab.console.streams import prepare_streams
from reviewlab.runs.files import write_text
from reviewlab.runs.folder import RunFolder


def main() -> None:
    """Train alongside the first rank, which is the only one that writes the run's files.

    Before and after training, signals are ignored: the first rank, which gets them too or sends
    SIGKILL, decides when all ranks end.
    """
    prepare_streams()
    for number in run_signals():
        install_handler(number, signal.SIG_IGN)
    from reviewlab.console.lean_imports import import_lean

    import_lean()
    from reviewlab.callbacks import Interrupted
    from reviewlab.config.experiment import Experiment
    from reviewlab.console.logs import speak
    from reviewlab.running.kernel import settle_kernel
    from reviewlab.running.run import load_parts, make_training

    speak(logging.WARNING)
    folder = RunFolder(Path(sys.argv[1]))
    experiment = Experiment.from_config(folder.read_config())
    parts = load_parts(experiment)
    settle_kernel(experiment, parts.classifier, folder)
    last = folder.last_checkpoint
    training = make_training(experiment, folder)
    # Exiting with an error would make Lightning kill the first rank before it can report why.
    try:
        training.run(
            parts.classifier, parts.data, last if last.exists() else None, test=experiment.test
        )
    except Interrupted:
        return
    except Exception:
        write_text(folder.rank_error, traceback.format_exc())
        raise


if __name__ == "__main__":
    main()
