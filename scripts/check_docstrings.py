"""Find docstrings that leave parameters undocumented or read like half a sentence.

python scripts/check_docstrings.py src scripts

Ruff's D417 is silent about a docstring without an `Args:` section. The rules here:

- Functions and constructors of three or more parameters document them all under `Args:`, a
  constructor's in the docstring of its class. Private ones may have no docstring at all, and a
  method marked `@override` is documented by its base class.
- Public dataclasses of three or more fields document them all, under `Attributes:` or `Args:`.
- No docstring begins with one of `QUESTION_WORDS`.
- No description of a parameter or field begins with one of `FRAGMENT_WORDS`: it says what the
  parameter is ("the run's folder"), and does not continue its name ("of the run").
"""

import ast
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

QUESTION_WORDS = {"What", "Whether", "How", "Who", "Why", "Which", "Where", "Of"}
FRAGMENT_WORDS = {"by", "from", "in", "its", "of", "on", "that", "to", "which", "whose", "with"}
MIN_DOCUMENTED = 3
"""Number of parameters or fields from which on all must be documented; D417 checks the others."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.ClassDef | Function
Problem = tuple[int, str]
"""A line number and a message."""


def main(paths: list[str]) -> int:
    """Print the problems found in the Python files below `paths`; return the exit code."""
    problems = [
        f"{file}:{line}: {message}\n"
        for path in paths
        for file in sorted(Path(path).rglob("*.py"))
        for line, message in find_problems(file.read_text(encoding="utf-8"))
    ]
    sys.stdout.writelines(problems)
    return 1 if problems else 0


def find_problems(source: str) -> list[Problem]:
    """Return the problems of one module, from top to bottom."""
    problems: list[Problem] = []
    for node in ast.walk(ast.parse(source)):
        problems += _find_question_words(node)
        if isinstance(node, Definition):
            problems += _find_fragments(node)
        if isinstance(node, ast.ClassDef):
            problems += _check_class(node)
        elif isinstance(node, Function) and node.name != "__init__":
            problems += _check_parameters(node, node)
    return sorted(problems)


def _find_question_words(node: ast.AST) -> Iterator[Problem]:
    """Check the docstring of a node, and the strings that document assignments in its body."""
    body = getattr(node, "body", None)
    if not isinstance(body, list):  # the body of a lambda is an expression
        return
    for owner, statement in zip([node, *body], body, strict=False):
        if isinstance(owner, ast.Module | Definition | ast.Assign | ast.AnnAssign):
            match statement:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    first = re.match(r"\s*(\w*)", text)[1]
                    if first in QUESTION_WORDS:
                        yield statement.lineno, f"the docstring begins with {first!r}"


def _find_fragments(node: Definition) -> Iterator[Problem]:
    """Check the first words of the descriptions of parameters and fields."""
    for section in ("Args", "Attributes"):
        for name, description in _documented(node, section).items():
            first = re.match(r"\w*", description)[0]
            if first in FRAGMENT_WORDS:
                yield node.lineno, f"{node.name}: {name}: the description begins with {first!r}"


def _check_class(node: ast.ClassDef) -> Iterator[Problem]:
    """Check the parameters of a class's `__init__` or, without one, the fields of a dataclass."""
    for statement in node.body:
        if isinstance(statement, Function) and statement.name == "__init__":
            yield from _check_parameters(statement, node)
            return
    if _is_public(node) and _has_decorator(node, "dataclass"):
        documented = _documented(node, "Attributes") | _documented(node, "Args")
        yield from _find_missing(node, _fields(node), documented.keys(), "Attributes")


def _check_parameters(function: Function, owner: Definition) -> Iterator[Problem]:
    """Check that the docstring of `owner` documents the parameters of `function`."""
    if _has_decorator(function, "override"):
        return
    if _is_public(owner) or ast.get_docstring(owner):
        arguments = function.args
        names = [
            argument.arg
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            if argument.arg not in ("self", "cls")
        ]
        yield from _find_missing(owner, names, _documented(owner, "Args").keys(), "Args")


def _find_missing(
    node: Definition, names: list[str], documented: Collection[str], section: str
) -> Iterator[Problem]:
    missing = [name for name in names if name not in documented]
    if len(names) >= MIN_DOCUMENTED and missing:
        yield node.lineno, f"{node.name}: {section}: does not document {', '.join(missing)}"


def _fields(node: ast.ClassDef) -> list[str]:
    """Return the public fields that a dataclass's constructor takes."""
    return [
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and not statement.target.id.startswith("_")
        and not re.search(r"\bClassVar\b|\binit=False\b", ast.unparse(statement))
    ]


def _documented(node: Definition, section: str) -> dict[str, str]:
    """Map each name in a docstring's section to the first line of its description."""
    lines = (ast.get_docstring(node) or "").splitlines()
    if f"{section}:" not in lines:
        return {}
    descriptions: dict[str, str] = {}
    for line in lines[lines.index(f"{section}:") + 1 :]:
        if line and not line.startswith(" "):
            break
        entry = re.match(r" {4}([*\w][*\w, ]*)( \(.*\))?: *(.*)", line)
        if entry:
            names = (name.strip("* ") for name in entry[1].split(","))
            descriptions |= dict.fromkeys(names, entry[3])
    return descriptions


def _has_decorator(node: Definition, name: str) -> bool:
    return any(re.search(rf"\b{name}\b", ast.unparse(part)) for part in node.decorator_list)


def _is_public(node: Definition) -> bool:
    return not node.name.startswith("_")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
