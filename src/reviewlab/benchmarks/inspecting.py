"""What looking into a model costs its training."""

from functools import partial

from reviewlab.benchmarks.pairs import Pairs, seconds
from reviewlab.benchmarks.place import Place
from reviewlab.inspection.inspector import Inspector
from reviewlab.running.run import begin, prepare

IMDB = ["data=imdb", "data.text.max_length=100", "trainer.max_epochs=8"]


def attention(place: Place) -> Pairs:
    """Seconds that the dearest inspector took of a training, and those of the training."""
    return _dearest(place, "model=lstm_attention", *IMDB)


def filters(place: Place) -> Pairs:
    """The same of a network with convolutions: between them every inspector has what to show."""
    return _dearest(place, "model=cnn", *IMDB)


def demo(place: Place) -> Pairs:
    """The same of a training that is over in seconds."""
    return _dearest(place, "data=demo", "model=cnn")


def _dearest(place: Place, *overrides: str) -> Pairs:
    measured = Pairs()
    for _ in range(place.pairs):
        config = place.config(*overrides, "callbacks=inspect")
        parts = prepare(config)
        training = begin(config, place.run_folder())
        looking = [callback for callback in training.callbacks if isinstance(callback, Inspector)]
        whole = seconds(partial(training.run, parts.classifier, parts.data))
        measured.ours.append(max(inspector.budget.spent for inspector in looking))
        measured.reference.append(whole)
    return measured
