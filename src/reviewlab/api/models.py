"""A trained classifier that predicts labels and explains them."""

import copy
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reviewlab.api.host import without_bars
from reviewlab.api.tables import as_table
from reviewlab.exceptions import InputError

if TYPE_CHECKING:
    import pandas

    from reviewlab.explaining.explanation import Explanation
    from reviewlab.models.classifier import ReviewClassifier

Device = Literal["cpu", "cuda"]


class Model:
    """A trained text classifier, as returned by :func:`reviewlab.load`.

    Args:
        classifier: the ``LightningModule``, on the device where it computes.
        checkpoint: the .ckpt file that it was loaded from.
    """

    def __init__(self, classifier: "ReviewClassifier", checkpoint: Path) -> None:
        self.classifier = classifier
        self.checkpoint = checkpoint

    def __repr__(self) -> str:
        """Show the architecture and the labels."""
        return f"<Model {type(self.classifier).__name__}: {', '.join(self.labels)}>"

    @property
    def labels(self) -> tuple[str, ...]:
        """Label names, in the order of the classes."""
        return tuple(self.classifier.label_names)

    @property
    def config(self) -> dict[str, Any]:
        """A copy of the resolved config that the classifier was trained with."""
        return copy.deepcopy(dict(self.classifier.config))

    def predict(
        self, texts: Iterable[str | None], batch_size: int = 256
    ) -> "pandas.DataFrame | dict[str, list[Any]]":
        """Classify texts, as the command ``reviewlab predict`` does.

        Args:
            texts: the texts; None counts as an empty text.
            batch_size: number of texts per batch; affects speed and memory only.

        Returns:
            One row per text with the columns ``text``, ``prediction`` and, for each label,
            ``probability_<label>``. A DataFrame, or a dict of columns if pandas is not installed.

        Raises:
            InputError: an item is not a text, or the batch size is less than 1.

        Example:
            >>> model = reviewlab.load(run.path)
            >>> answers = model.predict(["good film", "not good"])
            >>> list(answers)[:2]
            ['text', 'prediction']
        """
        from reviewlab.evaluation.scored_table import added_columns, new_columns
        from reviewlab.explaining.scoring import score

        reviews = _as_texts(texts)
        if not isinstance(batch_size, int) or batch_size < 1:
            raise InputError(f"batch_size: {batch_size!r} is not allowed; allowed: 1 or more")
        scores = score(self.classifier, reviews, batch_size)
        columns = zip(
            new_columns(self.classifier), added_columns(self.classifier, scores), strict=True
        )
        return as_table({"text": reviews, **dict(columns)})

    def explain(
        self,
        text: str,
        label: str | None = None,
        method: Literal["gradient", "occlusion", "weights"] | None = None,
    ) -> "Explanation":
        """Measure the effect of each word on the prediction, as ``reviewlab explain`` does.

        Args:
            text: one text.
            label: the class to explain; None for the predicted class.
            method: how to measure the effects; None chooses the weights of a linear model,
                otherwise gradients if the model has them and captum is installed, otherwise
                occlusion.

        Returns:
            The prediction with the effect of each word; ``as_json()`` returns it in plain types.

        Raises:
            InputError: the method does not apply to this model, or there is no such label.

        Example:
            >>> explanation = model.explain("not good, but short")
            >>> [word["word"] for word in explanation.as_json()["words"]]
            ['not', 'good', 'but', 'short']
        """
        from reviewlab.explaining.explanation import explain

        [text] = _as_texts([text])
        # on a GPU, recurrent layers compute gradients in training mode only
        on_cpu = self.classifier.device.type == "cpu"
        classifier = self.classifier if on_cpu else copy.deepcopy(self.classifier).cpu()
        return explain(classifier, text, method, label)


def load(
    path: str | os.PathLike[str],
    device: Device = "cpu",
    decision: Literal["mode", "median", "mean"] | None = None,
) -> Model:
    """Load a trained classifier.

    Args:
        path: a run folder, a sweep folder (for its winner), an ensemble folder, an exported folder
            or a .ckpt file.
        device: device on which the classifier computes.
        decision: how to choose among ordered classes, given their probabilities; None for the rule
            used in training.

    Returns:
        The classifier, ready to predict.

    Raises:
        InputError: there is no checkpoint, it cannot be loaded, or the device is not available.

    Example:
        >>> model = reviewlab.load(run.path)
        >>> model.labels
        ('1', '2', '3', '4', '5')
    """
    if device not in ("cpu", "cuda"):
        raise InputError(f"device: {device!r} is not allowed; allowed: cpu, cuda")
    with without_bars():
        from reviewlab.evaluation.checkpoint import decide_by, load_onto
        from reviewlab.evaluation.find import find_checkpoint

        checkpoint = find_checkpoint(os.fspath(path), quiet=True)
        classifier = load_onto(checkpoint, device)
    decide_by(classifier, decision)
    return Model(classifier, Path(checkpoint))


def _as_texts(texts: Iterable[str | None]) -> list[str]:
    """Return the texts as a list, with None as an empty text.

    Raises:
        InputError: `texts` is a single text, or one of its items is not a text.
    """
    if isinstance(texts, str | bytes):
        raise InputError(f"texts: {texts!r:.40} is a single text; allowed: a list of texts")
    reviews = ["" if text is None else text for text in texts]
    for index, text in enumerate(reviews):
        if not isinstance(text, str):
            raise InputError(
                f"texts: {text!r:.40} at index {index} is not a string; allowed: strings, or None "
                "for an empty text"
            )
    return reviews
