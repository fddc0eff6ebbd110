"""Drawings of filters and feature maps have the right proportions, numbers and scales."""

import numpy as np
import torch

from reviewlab.inspection.filters import HEAD, FeatureMaps, feature_map, filters


def test_filters_are_shown_in_their_own_proportions() -> None:
    weights = np.zeros((3, 5, 2), np.float32)
    weights[0, 0, 0], weights[2, 4, 1] = 1, -1
    pixels = filters(weights)[HEAD:]
    assert (pixels == (103, 0, 31)).all(2).sum() == 36  # the darkest red, six by six
    assert (pixels == (5, 48, 97)).all(2).sum() == 36


def test_filters_are_numbered_on_from_those_of_the_width_before() -> None:
    weights = np.ones((3, 5, 2), np.float32)
    assert not np.array_equal(filters(weights), filters(weights, first=3))
    assert filters(weights).shape == filters(weights, first=96).shape


def test_a_feature_map_has_a_scale_for_each_layer() -> None:
    maps = FeatureMaps(["a", "film"], torch.tensor([[1.0], [-3.0]]), torch.tensor([[0.5], [2.0]]))
    above, _, its, below, strongest, own = feature_map(maps).axes
    assert its.get_ylim() == (-3, 3) and own.get_ylim() == (-2, 2)
    assert [text.get_text() for text in below.get_xticklabels()] == ["a", "film"]
    assert above.get_title() and strongest.images[0].get_array().tolist() == [[2.0]]
