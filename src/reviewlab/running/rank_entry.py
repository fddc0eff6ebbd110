"""The entry point of a distributed run's other ranks: `python rank.py <run folder>`.

Lightning starts a rank by running `sys.argv` again. A rank must not compose its own config from
there, or it may train something else in another folder: it reads what the first rank resolved.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewlab.runs.files import write_text
from reviewlab.runs.folder import RunFolder


@contextmanager
def ranks_read(folder: RunFolder) -> Iterator[None]:
    """Let every rank that Lightning starts in this block take part in the run of `folder`."""
    main = sys.modules["__main__"]
    own = sys.argv, main.__spec__
    # Lightning runs `-m <name of the spec>` again where there is one: a sweep's job has one.
    sys.argv, main.__spec__ = [__file__, str(folder.path)], None
    try:
        yield
    finally:
        sys.argv, main.__spec__ = own


def main() -> None:
    """Train beside the first rank, and leave every file to it."""
    from reviewlab.callbacks import Interrupted
    from reviewlab.console.logs import speak
    from reviewlab.running.run import begin, prepare

    speak(logging.WARNING)
    folder = RunFolder(Path(sys.argv[1]))
    config = folder.read_config()
    parts = prepare(config)
    last = folder.last_checkpoint
    training = begin(config, folder)
    # An exit code would make Lightning kill the first rank, which has yet to tell what happened.
    try:
        training.run(
            parts.classifier, parts.data, last if last.exists() else None, test=config["test"]
        )
    except Interrupted:
        return
    except Exception:
        write_text(folder.rank_error, traceback.format_exc())
        raise


if __name__ == "__main__":
    main()
