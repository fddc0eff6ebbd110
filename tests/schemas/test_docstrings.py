"""What docstrings say of arguments, in the forms that ours and those of other packages have."""

from reviewlab.schemas.docstrings import describe_arguments, summarize


class Base:
    """A page.

    Args:
        width: of the page.
        height: of the page,
            in two lines.

    Raises:
        ValueError: it is too large.
    """


class Page(Base):
    """A page with margins.

    It has a second paragraph, too.

    Args:
        left, right: margins in :class:`~somewhere.Units`.
        width: of the whole page: ``3`` or more.
    """


class Foreign:
    def __init__(self) -> None:
        """Make it.

        Args:

            lr (float, Tensor, optional): learning
                rate (default: 1e-3)

            betas (Tuple[float, float], optional): of the averages
            centered (bool, optional) : as in the other package
        """


def undocumented() -> None: ...


def test_own_words_come_before_those_of_a_base_class() -> None:
    assert describe_arguments(Page, ["left", "right", "width", "height"]) == {
        "left": "margins in `Units`.",
        "right": "margins in `Units`.",
        "width": "of the whole page: `3` or more.",
        "height": "of the page, in two lines.",
    }


def test_types_in_brackets_are_left_out() -> None:
    assert describe_arguments(Foreign, ["lr", "betas", "centered"]) == {
        "lr": "learning rate (default: 1e-3)",
        "betas": "of the averages",
        "centered": "as in the other package",
    }


def test_only_arguments_are_described() -> None:
    assert describe_arguments(Base, ["ValueError_"]) == {}
    assert describe_arguments(undocumented, ["a"]) == {}


def test_the_first_paragraph_is_the_summary() -> None:
    assert summarize(Page) == "A page with margins."
    assert summarize(undocumented) == ""
