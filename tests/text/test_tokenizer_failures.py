"""A panic of a Rust library is one line, and nothing of it is printed."""

import os

import pytest
from tests.text.test_tokenizer_file import hostile

from reviewlab.exceptions import InputError
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.pretrained import PretrainedTokenizer
from reviewlab.text.tokenizer_failures import failures_refused
from reviewlab.text.tokenizer_file import SAMPLE


class PanicException(BaseException):
    """What the library raises; its class cannot be imported."""


def test_a_panic_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError) as caught, failures_refused("it cannot"):
        os.write(2, b"thread panicked\nstack backtrace\n")
        raise PanicException("index out of bounds\nmore")
    assert str(caught.value) == "it cannot (index out of bounds)"
    assert capfd.readouterr() == ("", "")


def test_an_interruption_is_no_failure() -> None:
    with pytest.raises(KeyboardInterrupt), failures_refused("it cannot"):
        raise KeyboardInterrupt


def test_a_tokenizer_that_fails_at_a_later_text_is_one_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    known = {character: number for number, character in enumerate(sorted({*SAMPLE, "q"}))}
    model = {"type": "BPE", "unk_token": "missing", "vocab": known, "merges": []}
    strip = {"type": "Strip", "content": "q", "start": 3, "stop": 3}
    content = hostile(model=model, decoder=strip)
    pretrained, bpe = PretrainedTokenizer(), BPEEncoder()
    pretrained.restore({"tokenizer": content, "pad_id": "0"})
    bpe.restore({"tokenizer": content})
    for encoder in (pretrained, bpe):
        with pytest.raises(InputError, match=r"cannot encode a text \("):
            encoder.encode(["z"])
        with pytest.raises(InputError, match=r"cannot encode a text \("):
            encoder.locate("z")
        with pytest.raises(InputError, match=r"cannot decode a text \("):
            encoder.decode(range(20))
    assert capfd.readouterr() == ("", "")
