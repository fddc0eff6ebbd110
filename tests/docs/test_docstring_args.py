"""What docstrings in Google form say of each argument."""

from docstring_args import parse_args, read_args


class Base:
    """Hold something.

    Args:
        size: how much of it.
        name: of the thing.
    """


class Derived(Base):
    """Hold something else.

    Args:
        size (int, optional): at most, see
            above. Default: ``1``
        first, second: both ends.

    Raises:
        ValueError: never.
    """


def test_a_class_has_the_descriptions_of_its_bases_unless_it_gives_its_own() -> None:
    assert read_args(Derived) == {
        "size": "at most, see above. Default: ``1``",
        "name": "of the thing.",
        "first": "both ends.",
        "second": "both ends.",
    }


def test_other_sections_and_texts_are_no_arguments() -> None:
    assert parse_args("Do it: now.\n\nReturns:\n    size: of it.") == {}
