"""The first line of a yaml file that is for people: below what Hydra and an editor read."""

from pathlib import Path

FOR_PROGRAMS = ("# @package ", "# yaml-language-server: ")


def first_comment(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if not line.startswith(FOR_PROGRAMS))
