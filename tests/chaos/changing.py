"""Change the files of an artefact, what stands in their place, and the names of its folders."""

import os
import shutil
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.chaos import archives, mutations
from tests.chaos.subjects import SUBJECTS, Case

NAMES = (
    *("line\nbreak", "\x1b[31mred\x1b]0;title\x07", "${oc.env:HOME}", "${", "a=b", "a,b", "[1, 2]"),
    *("x" * 250, " ", "run's", '"', "\u202eoben", "{a}", "%s", "#", "\udcff", "~", "$(id)", "-m"),
)
"""Names of folders that a shell, a parser or a terminal could misunderstand."""


class Changed(NamedTuple):
    """What was done to an artefact.

    Attributes:
        place: its path in the working folder, which may be new.
        done: a description of each change.
        jobs: paths of the folders of a sweep's jobs that were changed.
        protected: True if only bytes were damaged that the format of their file protects.
    """

    place: str
    done: list[str]
    jobs: list[str]
    protected: bool


def mutate(random: Random, case: Case, cwd: Path, canary: Path) -> Changed:
    """Change some files of an artefact, and sometimes the name of a folder.

    Args:
        random: the generator.
        case: the case.
        cwd: the working folder.
        canary: the file that any code in the artefact would create.
    """
    place = cwd / SUBJECTS[case.subject].place
    changed = [
        _change_file(random, case, place, canary) for _ in range(random.choice([1, 1, 1, 2]))
    ]
    done = [f"{path.relative_to(place)}: {text}" for path, text in changed]
    jobs = [str(path.relative_to(cwd)) for path, _ in changed]
    jobs = ["/".join(job.split("/")[:5]) for job in jobs if "/jobs/" in job]
    protected = all(
        text.startswith(mutations.BYTES) and path.suffix in (".ckpt", ".npz")
        for path, text in changed
    )
    if case.subject == "run folder" and random.random() < 0.1:
        place = change_name(random, place)
        done.append(f"named {place.name!r}")
    elif case.subject == "sweep folder" and random.random() < 0.1:
        job = random.choice(sorted((place / "jobs").iterdir()))
        jobs.append(str(job.relative_to(cwd)))
        done.append(f"job named {change_name(random, job).name!r}")
    return Changed(str(place.relative_to(cwd)), done, jobs, protected)


def _change_file(random: Random, case: Case, place: Path, canary: Path) -> tuple[Path, str]:
    """Change a file, in most cases one that the command reads."""
    files = SUBJECTS[case.subject].files
    read = random.random() < 0.85
    while True:
        [pattern] = random.choices([*files], [*files.values()])
        paths = [path for path in sorted(place.glob(pattern)) if path.is_file()]
        paths = [path for path in paths if not path.is_symlink() and path.stat().st_size < 2**30]
        if read:
            paths = [p for p in paths if any(p.match(name) for name in case.command.reads)]
            read = random.random() < 0.95  # an earlier change may have removed all of them
        if paths:
            break
    path = random.choice(paths)
    mutation = _draw_mutation(random, path)
    try:
        return path, mutation(random, path, canary)
    except Exception:  # another mutation has damaged it before
        return path, mutations.change_bytes(random, path, canary)


def _draw_mutation(random: Random, path: Path) -> mutations.Mutation:
    special = random.random()
    if special < 0.1:
        return change_kind
    if special < 0.2:
        return mutations.change_bytes
    choices: dict[str, list[mutations.Mutation]] = {
        ".ckpt": [
            *[archives.change_values] * 3,
            archives.change_records,
            archives.change_instructions,
        ],
        ".npz": [archives.change_arrays, archives.change_records],
        ".json": [*[mutations.change_json] * 2, mutations.change_text],
        ".yaml": [*[mutations.change_yaml] * 2, mutations.change_text],
        ".safetensors": [mutations.change_bytes],
    }
    return random.choice(choices.get(path.suffix, [mutations.change_text]))


def change_kind(random: Random, path: Path, canary: Path) -> str:
    """Put something else in the place of a file: a folder, a pipe, a link, a device, nothing."""
    name = random.choice(
        ["missing", "folder", "full folder", "pipe", "dangling", "loop", "passwd", "zero", "sparse"]
    )
    path.unlink()
    if "folder" in name:
        path.mkdir()
        if name == "full folder":
            (path / "x").write_text("x")
    elif name == "pipe":
        os.mkfifo(path)
    elif name == "sparse":
        with path.open("wb") as file:
            file.truncate(2**36)
    elif name != "missing":
        goals = {"loop": path, "passwd": "/etc/passwd", "zero": "/dev/zero"}
        path.symlink_to(goals.get(name, "nothing"))
    return name


def change_name(random: Random, folder: Path) -> Path:
    """Rename a folder; return its new path."""
    renamed = folder.with_name(random.choice(NAMES))
    shutil.move(folder, renamed)
    return renamed
