"""Tiles show each number as a square of one colour."""

import numpy as np

from reviewlab.inspection.tiles import GAP, side_by_side, signed_tiles, tiles


def test_every_number_is_a_square_of_its_own_colour() -> None:
    picture = signed_tiles(np.array([[[1.0, -1.0]], [[0.0, 0.5]]], np.float32))
    side = (picture.shape[1] // 2 - GAP) // 2
    assert side > 10
    first, second = picture[0, 0], picture[0, side]
    assert first[0] > first[2] and second[2] > second[0]  # red above 0, blue below
    assert (picture[:side, :side] == first).all()
    middle = picture[0, 2 * side + GAP]
    assert middle.min() > 240  # 0 is white


def test_the_largest_is_the_brightest() -> None:
    picture = tiles(np.array([[[0.0, 3.0]]], np.float32)).astype(int)
    assert picture[0, 0].sum() < picture[0, (picture.shape[1] - GAP) // 2].sum()


def test_zeros_can_be_drawn() -> None:
    assert signed_tiles(np.zeros((3, 2, 2), np.float32)).shape[2] == 3
    assert tiles(np.zeros((3, 2, 2), np.float32)).shape[2] == 3


def test_both_halves_are_whole() -> None:
    left, right = (
        np.full((10, 20, 3), (1, 250, 2), np.uint8),
        np.full((10, 20, 3), (3, 4, 250), np.uint8),
    )
    picture = side_by_side("filters", {"untrained": left, "trained": right})
    assert (picture == (1, 250, 2)).all(2).sum() == (picture == (3, 4, 250)).all(2).sum() == 200
    assert picture.shape[1] >= 40
