"""The command line of `scripts/data.py`, which describes data; `--help` does not import torch."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewlab.config.options import parse_data_options
from reviewlab.console.commands import shell_line
from reviewlab.console.exit import SHOW_TRACEBACK, exit_on_input_error, tidy_up_on_interrupt
from reviewlab.console.table import on_one_line
from reviewlab.evaluation.options import refuse_output, refuse_same_file
from reviewlab.overrides import key_of, values
from reviewlab.ranges import NonNegativeInt
from reviewlab.runs.files import write_json, write_text

if TYPE_CHECKING:
    from reviewlab.data.datamodule import ReviewDataModule
    from reviewlab.describing.description import Description

FLAGS = {"--html": "html=description.html", "--json": "json=description.json"}
"""Flags and the options that they abbreviate."""

_WITH_VALUE = tuple(f"{flag}=" for flag in FLAGS)

VERBATIM = ("html", "json")

OWN = (*VERBATIM, key_of(SHOW_TRACEBACK))
"""Keys of this command that the suggested training command leaves out."""


@dataclass(frozen=True)
class Outputs:
    """The options of `conf/describe.yaml`, except `data`.

    Args:
        html: .html file to write the description to; None for no file.
        json: .json file to write the description to; None for no file.
        seed: random seed of the split if `data.split_seed` is null.
    """

    html: str | None
    json: str | None
    seed: NonNegativeInt

    def refuse_unwritable(self, source: str | None) -> None:
        """Refuse an output file that cannot be written or is the data's source."""
        for key, path in (("html", self.html), ("json", self.json)):
            refuse_output(path, [f".{key}"], key)
            refuse_same_file(path, source, key)

    def write(self, description: "Description") -> None:
        """Write the requested files."""
        from reviewlab.describing.sections import format_page

        if self.html is not None:
            write_text(Path(self.html), format_page(description))
        if self.json is not None:
            write_json(Path(self.json), description.as_json())
        for path in filter(None, (self.html, self.json)):
            sys.stdout.write(f"-> {on_one_line(path)}\n")


def main(argv: Sequence[str] | None = None) -> None:
    """Describe a data set."""
    with exit_on_input_error(argv) as words:
        arguments = expand_flags(words)
        parsed = parse_data_options("describe", Outputs, VERBATIM, arguments)
        if parsed is None:
            return
        outputs, node = parsed
        outputs.refuse_unwritable(node.get("source"))
        description = read_description(node, arguments)
        from reviewlab.describing.sections import format_text

        sys.stdout.write(f"{format_text(description)}\n")
        outputs.write(description)


def expand_flags(words: Sequence[str]) -> list[str]:
    """Replace flags by options; a flag whose option is given too is dropped.

    >>> expand_flags(["--html", "--json=facts.json"])
    ['html=description.html', 'json=facts.json']
    """
    words = [word.removeprefix("--") if word.startswith(_WITH_VALUE) else word for word in words]
    options = values(words)
    needed = [word for word in words if key_of(FLAGS.get(word, "")) not in options]
    return [FLAGS.get(word, word) for word in needed]


def read_description(node: dict[str, Any], arguments: Sequence[str]) -> "Description":
    """Read the data and describe them.

    Args:
        node: the data's config, not yet checked.
        arguments: the command line's arguments.

    Raises:
        InputError: the data cannot be read.
    """
    from reviewlab.config.bind import bind
    from reviewlab.data.datamodule import as_reviews
    from reviewlab.data.labelled.module import TableDataModule
    from reviewlab.data.reading import read_and_split
    from reviewlab.describing.describe import Material, describe
    from reviewlab.evaluation.checkpoint import DataNode

    data = as_reviews(bind({"data": node}, DataNode).data.build())
    tidy_up_on_interrupt()
    if isinstance(data, TableDataModule):
        data.keeps_columns = True
    read = read_and_split(data)
    material = Material(
        data=values(arguments).get("data", "table"),
        source=node.get("source"),
        read=read,
        classes=data.classes,
        encoder=data.text,
        notes=data.notes,
        columns=data.columns if isinstance(data, TableDataModule) else None,
        command=training_command(data, len(read.splits["train"].texts), arguments),
    )
    return describe(material)


def training_command(data: "ReviewDataModule", reviews: int, arguments: Sequence[str]) -> str:
    """Return the command that trains on the data with the same settings.

    Args:
        data: the data module that has read the reviews.
        reviews: number of training reviews.
        arguments: the command line's arguments.
    """
    settings = [word for word in arguments if key_of(word) not in OWN]
    if "data" not in values(settings):
        settings.insert(0, "data=table")
    if (data.batch_size or 0) > reviews:  # training refuses a batch larger than the data
        settings = [word for word in settings if key_of(word) != "data.batch_size"]
        settings.append(f"data.batch_size={reviews}")
    if getattr(data.text, "distinct", False):  # models that read the order refuse sets of words
        settings += ["model=mlp", "model.features=multi_hot"]
    return shell_line("train", settings)
