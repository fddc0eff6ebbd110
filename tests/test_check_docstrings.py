"""Facts about `scripts/check_docstrings.py`, which `make lint` runs."""

from pathlib import Path

import pytest
from scripts.check_docstrings import FRAGMENT_WORDS, QUESTION_WORDS, find_problems, main

FUNCTION = '''
def join(first, second, *, separator):
    """Join two texts.

    Args:
        first: the beginning, which
            second: does not document
        second (str): the end
        separator: the text between them

    Returns:
        missing: nothing
    """
'''
CONSTRUCTOR = '''
class Line:
    """A line of a table.

    Args:
        first, second: the cells
        width: number of characters
    """

    def __init__(self, first, second, width):
        """Not read."""
'''
DATACLASS = '''
@dataclass(frozen=True)
class Line:
    """A line of a table.

    Attributes:
        first: a cell
        second: a cell
        width: number of characters
    """

    first: str
    second: str
    width: int = 80
    kind: ClassVar[str] = "line"
    total: int = field(init=False)
    _last: int = 0
'''


def messages(source: str) -> list[str]:
    return [message for _, message in find_problems(source)]


def without(line: str, source: str) -> str:
    """Take one line, which must be there, out of a source."""
    lines = source.splitlines()
    lines.remove(line)
    return "\n".join(lines)


@pytest.mark.parametrize("source", [FUNCTION, CONSTRUCTOR, DATACLASS])
def test_documented_parameters_and_fields_pass(source: str) -> None:
    assert messages(source) == []


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        (FUNCTION, "        second (str): the end", "join: Args: does not document second"),
        (CONSTRUCTOR, "        width: number of characters", "Line: Args: does not document width"),
        (DATACLASS, "        second: a cell", "Line: Attributes: does not document second"),
    ],
)
def test_an_undocumented_one_is_named(source: str, line: str, message: str) -> None:
    assert messages(without(line, source)) == [message]


def test_a_docstring_without_the_section_documents_nothing() -> None:
    source = 'async def join(a, b, c):\n    """Join a: and b: and c."""\n'
    assert messages(source) == ["join: Args: does not document a, b, c"]


def test_the_fields_of_a_dataclass_may_be_called_arguments() -> None:
    assert messages(DATACLASS.replace("Attributes:", "Args:")) == []


def test_a_class_that_is_no_dataclass_has_no_fields() -> None:
    assert messages(without("        second: a cell", DATACLASS.replace("@dataclass", "@x"))) == []


def test_a_dataclass_with_a_constructor_documents_its_parameters() -> None:
    source = 'def __init__(self, a, b, c):\n        """Not read."""'
    assert messages(f"{DATACLASS}\n    {source}") == ["Line: Args: does not document a, b, c"]


def test_two_parameters_need_no_section() -> None:
    assert messages('class A:\n    def join(self, a, b):\n        """Join."""\n') == []
    assert messages("class A:\n    def __init__(self, a, b): ...\n") == []


def test_a_public_function_needs_the_section_even_without_a_docstring() -> None:
    assert messages("def join(a, b, c): ...") == ["join: Args: does not document a, b, c"]


def test_a_private_function_needs_the_section_where_it_has_a_docstring() -> None:
    assert messages("def _join(a, b, c): ...") == []
    problem = "_join: Args: does not document a, b, c"
    assert messages('def _join(a, b, c):\n    """Join."""\n') == [problem]


def test_the_constructor_of_a_private_class_is_like_a_private_function() -> None:
    constructor = "    def __init__(self, a, b, c): ...\n"
    assert messages(f"class _Line:\n{constructor}") == []
    problem = "_Line: Args: does not document a, b, c"
    assert messages(f'class _Line:\n    """A line."""\n{constructor}') == [problem]


def test_an_override_is_documented_by_its_base() -> None:
    method = '    def join(self, a, b, c):\n        """Join."""\n'
    assert messages(f"class A(B):\n    @override\n{method}") == []
    assert messages(f"class A(B):\n    @cache\n{method}") == [
        "join: Args: does not document a, b, c"
    ]


@pytest.mark.parametrize("word", sorted(QUESTION_WORDS))
@pytest.mark.parametrize(
    "source",
    [
        '"""{} of it."""\n',
        'class A:\n    """{} of it."""\n',
        'class A:\n    def a(self):\n        """{} of it."""\n',
        'A = 1\n"""{} of it."""\n',
        'class A:\n    a: int = 1\n    """{} of it."""\n',
    ],
)
def test_no_docstring_begins_with_a_question_word(word: str, source: str) -> None:
    assert messages(source.format(word)) == [f"the docstring begins with {word!r}"]
    assert messages(source.format(f"{word}ever")) == []
    assert messages(source.format(f"All {word}")) == []


@pytest.mark.parametrize("word", sorted(FRAGMENT_WORDS))
@pytest.mark.parametrize(
    ("source", "name", "description"),
    [
        (FUNCTION, "join: separator", "the text between them"),
        (FUNCTION, "join: second", "the end"),
        (CONSTRUCTOR, "Line: width", "number of characters"),
        (DATACLASS, "Line: width", "number of characters"),
    ],
)
def test_no_description_begins_in_the_middle_of_a_sentence(
    word: str, source: str, name: str, description: str
) -> None:
    problem = f"{name}: the description begins with {word!r}"
    assert messages(source.replace(description, f"{word} it")) == [problem]
    assert messages(source.replace(description, f"the text {word} it")) == []
    assert messages(source.replace(description, f"{word}ly")) == []


def test_a_string_that_is_no_docstring_may_begin_with_any_word() -> None:
    assert messages('def a():\n    """Ask."""\n    return "What for?"\nprint("Who")\n"Why"\n') == []


def test_files_are_checked_in_order_and_problems_named_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (tmp_path / "b.py").write_text('"""How."""\n\ndef join(a, b, c): ...\n')
    (folder / "a.py").write_text('"""Why."""\n')
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}/b.py:1: the docstring begins with 'How'",
        f"{tmp_path}/b.py:3: join: Args: does not document a, b, c",
        f"{tmp_path}/package/a.py:1: the docstring begins with 'Why'",
    ]
    for file in (tmp_path / "b.py", folder / "a.py"):
        file.unlink()
    assert main([str(tmp_path)]) == 0
