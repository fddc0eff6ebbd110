"""A run cannot be resumed from a damaged training state, which is told in a line."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.tiny import Setup

from reviewlab.callbacks import Curves
from reviewlab.exceptions import InputError

DAMAGE: dict[str, Any] = {
    "missing": ...,
    "none": None,
    "text": "x",
    "number": 5,
    "empty list": [],
    "empty dict": {},
}
CONTAINERS = ("loops", "callbacks", "optimizer_states", "lr_schedulers", "ranks", "state_dict")
CURVES = "Curves"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `last.ckpt` of a finished run, and of one that stopped within an epoch."""
    setup = Setup(tmp_path_factory.mktemp("trained"))
    setup.trainer = {"max_steps": 7}
    setup.run()
    return setup.folder


def resume(setup: Setup, trained: Path, content: dict[str, Any]) -> str | None:
    """Resume from a changed `last.ckpt`; return the message if it is refused."""
    shutil.rmtree(setup.folder / "checkpoints", ignore_errors=True)
    shutil.copytree(trained / "checkpoints", setup.folder / "checkpoints")
    torch.save(content, setup.folder / "checkpoints" / "last.ckpt")
    setup.trainer = {"max_steps": 9}
    try:
        setup.run(resume=True)
    except InputError as error:
        assert len(str(error).splitlines()) == 1
        return str(error)
    return None


def read(trained: Path) -> dict[str, Any]:
    content: dict[str, Any] = torch.load(
        trained / "checkpoints" / "last.ckpt", weights_only=True, mmap=False
    )
    return content


def places(content: Any, depth: int) -> Iterator[tuple[Any, Any]]:
    """Yield each container in a state, with each of its keys."""
    keys = content if isinstance(content, dict) else range(len(content))
    for key in keys:
        yield content, key
        if depth and isinstance(content[key], dict | list):
            yield from places(content[key], depth - 1)


def put(container: Any, key: Any, value: Any) -> None:
    if value is ...:
        del container[key]
    else:
        container[key] = value


def test_an_unchanged_state_is_continued_from(setup: Setup, trained: Path) -> None:
    assert resume(setup, trained, read(trained)) is None


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("key", CONTAINERS)
def test_no_part_of_the_state_can_be_damaged(
    setup: Setup, trained: Path, key: str, damage: str
) -> None:
    content = read(trained)
    put(content, key, DAMAGE[damage])
    refusal = resume(setup, trained, content)
    assert refusal is None or refusal.startswith("resume: training cannot continue from '")


@pytest.mark.parametrize("damage", ["missing", "text"])
def test_damage_deep_inside_is_told_as_well(setup: Setup, trained: Path, damage: str) -> None:
    count = sum(1 for _ in places({key: read(trained)[key] for key in CONTAINERS}, 3))
    for number in range(0, count, max(1, count // 25)):
        content = read(trained)
        chosen = {key: content[key] for key in CONTAINERS}
        container, key = [*places(chosen, 3)][number]
        put(content if container is chosen else container, key, DAMAGE[damage])
        refusal = resume(setup, trained, content)
        assert refusal is None or "cannot continue from" in refusal


def test_the_missing_part_is_named(setup: Setup, trained: Path) -> None:
    content = read(trained)
    del content["loops"]["fit_loop"]
    refusal = resume(setup, trained, content)
    assert refusal is not None
    assert "(KeyError: 'fit_loop'); delete this file to train from the beginning" in refusal


@pytest.mark.parametrize("epochs", [None, 5, [1], [{"val/loss": "x"}], [{"val/loss": None}], "abc"])
def test_curves_are_numbers(epochs: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        Curves("val/loss", "min").load_state_dict(
            {"epochs": epochs, "train_seconds": 0.0, "validation_seconds": 0.0}
        )


@pytest.mark.parametrize("part", ["outputs", "labels"])
def test_an_unfinished_epoch_fits_the_classes(setup: Setup, trained: Path, part: str) -> None:
    content = read(trained)
    batches = content["ranks"][0]["unfinished_epoch"][part]
    assert batches
    batches[0] = batches[0][:, :1] if part == "outputs" else batches[0] + 7
    refusal = resume(setup, trained, content)
    assert refusal is not None and "unfinished epoch" in refusal


def test_a_flipped_bit_is_noticed(setup: Setup, trained: Path) -> None:
    """Lightning loads it without a check."""
    resume(setup, trained, read(trained))
    last = setup.folder / "checkpoints" / "last.ckpt"
    changed = bytearray(last.read_bytes())
    place = changed.find(b"fit_loop")
    changed[place] ^= 1
    last.write_bytes(changed)
    with pytest.raises(InputError, match=r"is damaged: .* in it is not what was written"):
        setup.run(resume=True)
