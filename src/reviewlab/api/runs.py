"""A run, read from its folder."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewlab.api.host import guest
from reviewlab.api.models import Device, Model, load
from reviewlab.api.tables import as_table
from reviewlab.console.text import readable_path
from reviewlab.exceptions import InputError
from reviewlab.runs.files import readable, short_path
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import read_result
from reviewlab.runs.status import State, read_status

if TYPE_CHECKING:
    import pandas


class Run:
    """One training run: its config, its results and its classifier.

    Files are read on each access, so that a run in progress can be followed.

    Args:
        path: the run folder, such as ``outputs/runs/<time>-<name>`` or one in ``jobs/`` of a sweep.

    Raises:
        InputError: the folder is not a run folder.

    Example:
        >>> run = reviewlab.train(["model=ngram", "data.reviews=500"], quiet=True)
        >>> run.state
        'done'
        >>> "val/accuracy" in run.metrics
        True
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._folder = RunFolder.open(Path(path).expanduser(), "path")

    def __repr__(self) -> str:
        """Show the folder and the state."""
        return f"<Run {readable_path(self.path)}: {self.state}>"

    @property
    def path(self) -> Path:
        """The run folder, as an absolute path."""
        return self._folder.path

    @property
    def state(self) -> State:
        """The run's state.

        One of ``queued``, ``running``, ``done``, ``failed``, ``killed``, ``preempted``, ``pruned``.
        A run on this machine whose process is gone is ``killed``.

        Raises:
            InputError: ``status.json`` is damaged.
        """
        with readable(self.path / "status.json", "path"):
            return read_status(self.path).state

    @property
    def config(self) -> dict[str, Any]:
        """The resolved config.

        Raises:
            InputError: ``config.yaml`` is damaged.
        """
        with readable(self.path / "config.yaml", "path"):
            return self._folder.read_config()

    @property
    def result(self) -> dict[str, Any]:
        """The content of ``result.json``.

        Raises:
            InputError: the run has no result yet.
        """
        path = self.path / "result.json"
        if not path.is_file():
            raise InputError(
                f"result: {short_path(self.path)!r} has no result because it is {self.state}; "
                "allowed: a finished run"
            )
        with readable(path, "path"):
            return read_result(self.path)

    @property
    def metrics(self) -> dict[str, float]:
        """Metrics at the best epoch, such as ``val/accuracy``, and on the test set if measured.

        Raises:
            InputError: the run has no result yet.
        """
        result = self.result
        measured = {**result["best"], **result.get("test", {})}
        return {name: value for name, value in measured.items() if "/" in name}

    def curves(self) -> "pandas.DataFrame | dict[str, list[Any]]":
        """Return the metrics of every epoch.

        Returns:
            One row per epoch, counted from 1, and one column per metric. A DataFrame, or a dict of
            columns if pandas is not installed.

        Raises:
            InputError: the run has no result yet.

        Example:
            >>> curves = run.curves()
            >>> list(curves["epoch"])[:2]
            [1, 2]
        """
        epochs = self.result["curves"]
        names = dict.fromkeys(name for epoch in epochs for name in epoch)
        columns = {name: [epoch.get(name) for epoch in epochs] for name in names}
        return as_table({**columns, "epoch": [epoch["epoch"] + 1 for epoch in epochs]})

    @property
    def checkpoint(self) -> Path:
        """The best epoch's checkpoint, which can be loaded without any other file.

        Raises:
            InputError: no epoch is finished yet.
        """
        from reviewlab.evaluation.find import find_checkpoint

        return Path(find_checkpoint(str(self.path), quiet=True))

    def load(self, device: Device = "cpu") -> Model:
        """Load the classifier of the best epoch; see :func:`reviewlab.load`."""
        return load(self.path, device)

    def predictions(self) -> "pandas.DataFrame | dict[str, list[Any]]":
        """Classify the run's validation reviews with the classifier of its best epoch.

        Returns:
            One row per review with the columns ``text``, ``label``, ``prediction`` and, for each
            label, ``probability_<label>``. A DataFrame, or a dict of columns if pandas is not
            installed.

        Raises:
            InputError: the run is not finished, or its data are missing or have changed.

        Example:
            >>> answers = run.predictions()
            >>> wrong = answers[answers["label"] != answers["prediction"]]
        """
        from reviewlab.evaluation.error_analysis import answer_own_reviews
        from reviewlab.evaluation.scored_table import probability_columns

        with guest(quiet=True):
            answers = answer_own_reviews(self.path)
        names = answers.names
        shares = zip(probability_columns(names), answers.probabilities.T.tolist(), strict=True)
        return as_table(
            {
                "text": [*answers.texts],
                "label": [names[i] for i in answers.labels],
                "prediction": [names[i] for i in answers.predictions],
                **dict(shares),
            }
        )
