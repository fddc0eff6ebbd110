"""Find a yaml file's first line for people, which follows the lines for Hydra and editors."""

from pathlib import Path

FOR_PROGRAMS = ("# @package ", "# yaml-language-server: ")


def first_comment(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if not line.startswith(FOR_PROGRAMS))
