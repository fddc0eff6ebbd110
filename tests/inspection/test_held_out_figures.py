"""The figures of held-out reviews show the numbers of reference implementations."""

import gc

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix as by_sklearn
from sklearn.metrics import precision_recall_curve

from reviewlab.inspection.held_out_figures import (
    confusion,
    confusion_matrix,
    curve,
    precision_recall,
    recalls,
    reliability,
    shares,
)
from reviewlab.inspection.pictures import drawing, picture
from reviewlab.models.metrics import EpochMetrics
from reviewlab.nn import CrossEntropy

NAMES = ("bad", "fair", "good")


@st.composite
def seen(draw):
    """Return predictions of a model for some reviews of three classes."""
    size = draw(st.integers(1, 40))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    outputs = torch.randn(size, len(NAMES), generator=generator) * 3
    labels = torch.randint(len(NAMES), (size,), generator=generator)
    return outputs, labels


@given(seen())
def test_the_confusion_matrix_is_scikit_learns(said) -> None:
    outputs, labels = said
    counts = confusion((outputs.argmax(1), outputs.softmax(1), labels), len(NAMES))
    expected = by_sklearn(labels, outputs.argmax(1), labels=range(len(NAMES)))
    np.testing.assert_array_equal(counts, expected)


@given(seen())
def test_the_reliability_diagram_does_not_depend_on_the_decision(said) -> None:
    outputs, labels = said
    points = [
        reliability((objective.predictions(outputs), outputs.softmax(1), labels))
        .axes[0]
        .collections[0]
        .get_offsets()
        for objective in (CrossEntropy(len(NAMES)), CrossEntropy(len(NAMES), decision="median"))
    ]
    np.testing.assert_array_equal(*points)


@given(seen())
def test_the_reliability_diagram_states_the_measured_calibration_error(said) -> None:
    outputs, labels = said
    metrics = EpochMetrics(CrossEntropy(num_classes=len(NAMES)), NAMES)
    metrics.update(outputs, labels)
    figure = reliability(metrics.so_far())
    error = metrics.compute()["calibration_error"]
    assert figure.axes[0].get_title() == f"Reliability, calibration error {error:.3f}"


def test_a_share_is_of_its_label_and_a_label_that_never_occurs_has_none() -> None:
    parts = shares(np.array([[3, 1], [0, 0]]))
    np.testing.assert_array_equal(parts, [[0.75, 0.25], [0, 0]])
    texts = {
        text.get_text() for text in confusion_matrix(np.array([[3, 1], [0, 0]]), "ab").axes[0].texts
    }
    assert "0.75\n3" in texts and "0.25\n1" in texts


def test_a_perfect_model_has_perfect_curves() -> None:
    labels = torch.tensor([0, 1, 2, 1])
    probabilities = torch.eye(3)[labels]
    axes = precision_recall((labels, probabilities, labels), NAMES).axes[0]
    for line, share in zip(axes.lines, (0.25, 0.5, 0.25), strict=True):
        assert min(line.get_ydata()) >= share and max(line.get_xdata()) == 1
        assert f"{share:.2f} of reviews" in str(line.get_label())


@given(seen())
def test_a_curve_runs_through_scikit_learns_points_and_never_falls_to_nothing(said) -> None:
    outputs, labels = said
    probabilities = outputs.softmax(1).double().numpy().round(1)  # some are equal
    for number in range(len(NAMES)):
        own = (labels == number).numpy()
        recall, precision = curve(probabilities[:, number], own)
        if not own.any():
            assert len(recall) == len(precision) == 0
            continue
        exact = precision_recall_curve(own, probabilities[:, number])
        points = {(round(r, 9), round(p, 9)) for p, r in zip(*exact[:2], strict=True)}
        assert {
            (round(r, 9), round(p, 9)) for r, p in zip(recall, precision, strict=True)
        } <= points
        assert recall.min() > 0 and precision.min() > 0 and recall.max() == 1


def test_a_confident_model_has_as_many_points_as_any() -> None:
    said = np.linspace(0.99, 1, 2000)
    recall, _ = curve(said, said > 0.995)
    assert np.diff(recall, prepend=0).max() < 0.03


def test_a_large_marker_stands_for_many_reviews() -> None:
    probabilities = torch.tensor([[0.99, 0.01]] * 9 + [[0.6, 0.4]])
    labels = torch.zeros(10, dtype=torch.long)
    [markers] = reliability((labels, probabilities, labels)).axes[0].collections
    few, many = markers.get_sizes()
    assert many == 9 * few
    assert not markers.get_clip_on()  # both are always right, with markers on the edge


def test_nothing_is_cut_by_margins_that_are_never_measured() -> None:
    labels = torch.tensor([0, 1, 2] * 20_000)
    probabilities = torch.eye(3)[labels]
    seen = (labels, probabilities, labels)
    with drawing():
        curves = recalls([(1, [0.0, 0.5, 1.0])], NAMES)
        for figure in (reliability(seen), precision_recall(seen, NAMES), curves):
            picture(figure)
            box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
            assert figure.get_layout_engine() is None
            assert min(box.x0, box.y0) >= 0 and box.x1 <= width and box.y1 <= height


def test_nothing_is_collected_while_a_picture_is_drawn() -> None:
    with drawing():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_legend_hides_no_curve() -> None:
    names = [f"class {number}" for number in range(7)]
    probabilities = torch.eye(7)
    seen = (torch.arange(7), probabilities, torch.arange(7))
    with drawing():
        for figure in (recalls([(1, [0.0] * 7)], names), precision_recall(seen, names)):
            picture(figure)
            [axes] = figure.axes
            legend = axes.get_legend().get_window_extent()
            assert legend.y1 < axes.bbox.y0 and legend.y0 >= 0


def test_a_single_epoch_is_the_only_one_on_its_axis() -> None:
    figure = recalls([(1, [0.5, 0.6])], ["negative", "positive"])
    with drawing():
        picture(figure)
    assert all(float(tick).is_integer() for tick in figure.axes[0].get_xticks())
