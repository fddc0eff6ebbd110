"""A checkpoint is checked before anything in it is loaded."""

import os
import pickle
import random
import re
import shutil
import socket
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests import handmade
from tests.recorded import FOLDER
from tests.refusals import checkpoint_refusal

from reviewlab.exceptions import InputError
from reviewlab.models import ReviewClassifier, load_classifier
from reviewlab.runs.archive import DEEPEST, MOST, check_archive, nesting

FLIPS = int(os.environ.get("REVIEWLAB_FLIPS", "200"))

refusal = partial(checkpoint_refusal, check_archive)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handmade.save(handmade.classifier(seed=3), tmp_path_factory.mktemp("whole") / "x.ckpt")


def content(classifier: ReviewClassifier) -> dict[str, Any]:
    """Return everything that a checkpoint says, with tensors as bytes."""
    state = classifier.state_dict()
    weights = {name: (w.dtype, w.shape, w.numpy().tobytes()) for name, w in state.items()}
    text = classifier.text_encoder.state()
    arguments = (dict(classifier.hparams), classifier.objective.arguments)
    labels = (classifier.label_names, classifier.ordinal)
    return {"all": (weights, text, arguments, labels, classifier.config, type(classifier))}


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.ckpt")), ids=lambda file: file.parts[-3])
def test_checkpoints_of_earlier_versions_are_intact(file: Path) -> None:
    check_archive(file)


def test_a_flipped_bit_never_changes_what_is_loaded(tmp_path: Path, whole: Path) -> None:
    """Flips in file times and in the padding between records are harmless."""
    original, expected = whole.read_bytes(), content(load_classifier(whole))
    path, refused = tmp_path / "x.ckpt", 0
    for seed in range(FLIPS):
        changed = bytearray(original)
        place = random.Random(seed).randrange(8 * len(changed))
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            loaded = load_classifier(path)
        except InputError as error:
            assert "\n" not in str(error)
            refused += 1
        else:
            assert content(loaded) == expected, f"bit {place}"
    assert refused > FLIPS / 2


def test_damage_at_the_end_is_told_like_any_other(tmp_path: Path, whole: Path) -> None:
    """`zipfile` raises different errors for the records there, some of them while it looks."""
    original = whole.read_bytes()
    for place in range(len(original) - 98, len(original)):
        changed = bytearray(original)
        changed[place] ^= 0xFF
        (tmp_path / "x.ckpt").write_bytes(changed)
        with suppress(InputError):
            check_archive(tmp_path / "x.ckpt")


@pytest.mark.parametrize("record", ["data.pkl", "data/0", "byteorder"])
def test_a_changed_record_is_named(tmp_path: Path, whole: Path, record: str) -> None:
    with zipfile.ZipFile(whole) as archive:
        [info] = [i for i in archive.infolist() if i.filename.endswith(f"/{record}")]
        archive.fp.seek(info.header_offset)  # type: ignore[union-attr]
        header = archive.fp.read(30)  # type: ignore[union-attr]
    begin = info.header_offset + 30 + sum(struct.unpack("<HH", header[26:30]))
    changed = bytearray(whole.read_bytes())
    changed[begin] ^= 1
    (tmp_path / "x.ckpt").write_bytes(changed)
    assert f"{record}' in it is not what was written" in checkpoint_refusal(
        check_archive, tmp_path / "x.ckpt"
    )


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    short = Path("/tmp") / f"reviewlab-test-{os.getpid()}"  # such a path has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(short))
    shutil.move(short, path)


@pytest.mark.parametrize("make", [_fifo, _device, _socket])
def test_only_a_regular_file_is_opened(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """To open a pipe would wait for its writer, and to read a device might never end."""
    make(tmp_path / "x.ckpt")
    message = refusal(tmp_path / "x.ckpt")
    assert "is not a regular file" in message and message.count("checkpoint:") == 1
    with pytest.raises(InputError, match="is not a regular file"):
        load_classifier(tmp_path / "x.ckpt")


def test_a_link_to_a_checkpoint_is_one(tmp_path: Path, whole: Path) -> None:
    (tmp_path / "x.ckpt").symlink_to(whole)
    check_archive(tmp_path / "x.ckpt")


def test_a_path_that_no_system_allows() -> None:
    with pytest.raises(InputError, match=r"^checkpoint: 'xxx.*….*' cannot be read: File name too"):
        check_archive("x" * 5000)


def rewrite(source: Path, target: Path, compression: int = zipfile.ZIP_STORED) -> Path:
    """Copy an archive record by record."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return target


def test_records_may_not_be_compressed(tmp_path: Path, whole: Path) -> None:
    """A deflated record of a megabyte can unpack to a gigabyte."""
    check_archive(rewrite(whole, tmp_path / "stored.ckpt"))
    packed = rewrite(whole, tmp_path / "packed.ckpt", zipfile.ZIP_DEFLATED)
    assert "has compressed records" in refusal(packed)


def test_the_table_of_contents_may_not_promise_more_than_there_is(
    tmp_path: Path, whole: Path
) -> None:
    changed = bytearray(whole.read_bytes())
    entry = changed.find(b"PK\x01\x02")
    changed[entry + 20 : entry + 28] = struct.pack("<LL", 2**31, 2**31)
    (tmp_path / "x.ckpt").write_bytes(changed)
    assert "its records are larger than the file" in checkpoint_refusal(
        check_archive, tmp_path / "x.ckpt"
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_name_may_occur_twice(tmp_path: Path, whole: Path) -> None:
    path = rewrite(whole, tmp_path / "x.ckpt")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("X/DATA.PKL", b"")
        archive.writestr("x/data.pkl", b"")
    assert "two records in it have the same name" in refusal(path)


def with_pickle(source: Path, target: Path, content: bytes) -> Path:
    """Copy an archive with another pickle."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name.endswith("/data.pkl") else old.read(name))
    return target


def nested_key(depth: int) -> bytes:
    """A pickle of a dictionary whose key is an empty tuple in `depth` others."""
    return pickle.PROTO + b"\x02})" + pickle.TUPLE1 * depth + b"Ns."


def test_nesting_is_bounded(tmp_path: Path, whole: Path) -> None:
    """Python's stack overflows on the hash of a deeply nested tuple, which ends the process."""
    path = with_pickle(whole, tmp_path / "x.ckpt", nested_key(10**5))
    assert f"nested more than {DEEPEST} deep" in refusal(path)


def test_millions_of_small_values_are_refused_before_they_are_read(tmp_path: Path) -> None:
    torch.save(dict.fromkeys(range(MOST // 2), 0), tmp_path / "x.ckpt")
    message = refusal(tmp_path / "x.ckpt")
    assert re.search(
        r"has more values than a training writes: over 1,000,\d{3} instructions", message
    )


def test_large_texts_and_many_tensors_are_no_such_values(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(200_000))
    batches = [torch.zeros(8, 2) for _ in range(1_000)]
    torch.save({"words": words, "outputs": batches}, tmp_path / "x.ckpt")
    check_archive(tmp_path / "x.ckpt")


def test_each_tensor_allows_for_its_own_instructions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewlab.runs.archive.MOST", 100)
    torch.save([torch.zeros(1) for _ in range(1_000)], tmp_path / "tensors.ckpt")
    check_archive(tmp_path / "tensors.ckpt")
    torch.save([*range(1_000)], tmp_path / "numbers.ckpt")
    assert "has more values" in refusal(tmp_path / "numbers.ckpt")


def test_a_number_may_not_allocate_memory(tmp_path: Path, whole: Path) -> None:
    """Torch allows the call, and it fills the memory before the value is looked at."""
    path = tmp_path / "x.ckpt"
    torch.save({"reviewlab": bytearray(b"x")}, path)
    assert "would call bytearray" in refusal(path)


@pytest.mark.parametrize(
    "content", [b"", b".", b"\x80\x02s.", b"\x80\x02h\x05.", b"\x80\x02u.", b"x"]
)
def test_a_pickle_that_makes_no_sense_is_damaged(
    tmp_path: Path, whole: Path, content: bytes
) -> None:
    assert "is damaged" in checkpoint_refusal(
        check_archive, with_pickle(whole, tmp_path / "x.ckpt", content)
    )


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
        | st.tuples(inner, inner)
    ),
)


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        value = [*value.values()]
    if not isinstance(value, list | tuple):
        return 0
    return 1 + max(map(depth_of, value), default=0)


@given(values, st.sampled_from([0, 1, 2]))
def test_the_nesting_of_a_pickle_is_that_of_its_value(value: Any, protocol: int) -> None:
    """An instruction for an empty container counts as nothing."""
    found = nesting(pickle.dumps(value, protocol))
    assert depth_of(value) - 1 <= found <= depth_of(value) + 1
