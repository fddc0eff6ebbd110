"""Read the yaml files of `conf/` as a person does: their comments, keys and included files."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from omegaconf import OmegaConf

from reviewlab import dotted
from reviewlab.config.compose import CONFIGS

PACKAGE = re.compile(r"^# @package (\S+)\n", re.MULTILINE)
COMMENT = re.compile(r"(?:^|\s)#\s*(.*)$")
KEY = re.compile(r"^( *)(?:- *\{ *)?([A-Za-z_]\w*):(?= |$)")
NESTED = ("experiment", "sweep")
"""Groups whose files may be in subfolders."""

QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")


@dataclass(frozen=True)
class ConfigFile:
    """One yaml file, named by its path below `conf/` without the suffix, such as `model/lstm`."""

    name: str

    @property
    def group(self) -> str:
        """Return the group that the file belongs to; empty for a primary config."""
        first, _, _ = self.name.partition("/")
        return first if first in NESTED else self.name.rpartition("/")[0]

    @property
    def choice(self) -> str:
        """Return the name by which a config chooses the file in its group."""
        return self.name.removeprefix(f"{self.group}/")

    @cached_property
    def text(self) -> str:
        """Return the file's content."""
        return (CONFIGS / f"{self.name}.yaml").read_text(encoding="utf-8")

    @property
    def body(self) -> str:
        """Return the file's content without the comments at its top."""
        lines = self.text.splitlines()
        while lines and (not lines[0].strip() or lines[0].startswith("#")):
            lines.pop(0)
        return "\n".join(lines)

    @property
    def package(self) -> str:
        """Return the dotted key of the node that the file fills; empty for the whole config."""
        match = PACKAGE.search(self.text)
        if match:
            return "" if match[1] == "_global_" else match[1]
        return self.group.replace("/", ".")

    @cached_property
    def header(self) -> list[str]:
        """Return the comment lines at the top: a command that uses the file, then its purpose."""
        lines = PACKAGE.sub("", self.text).splitlines()
        ends = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
        comments = [line.removeprefix("#").strip() for line in lines[:ends]]
        return [line for line in comments if not line.startswith("yaml-language-server")]

    @property
    def command(self) -> str:
        """Return the command that the first line of the header shows."""
        return self.header[0].partition(": ")[0] if self.header else ""

    @property
    def purpose(self) -> str:
        """Return the header's text after the command, as a sentence."""
        behind = self.header[0].partition(": ")[2] if self.header else ""
        text = ". ".join(filter(None, [behind, " ".join(self.header[1:])]))
        return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "." * bool(text)

    @cached_property
    def included(self) -> list["ConfigFile"]:
        """Return the files that `defaults` includes, without choices that it overrides."""
        entries = (OmegaConf.create(self.text or "{}")).get("defaults") or []
        names = [name for entry in entries for name in _names(entry) if name != "_self_"]
        paths = [name if name.startswith("/") else f"/{self.group}/{name}" for name in names]
        return [ConfigFile(path.lstrip("/")) for path in paths]

    @cached_property
    def settings(self) -> set[str]:
        """Return the dotted keys, in a composed config, that the file itself sets."""
        content: Any = OmegaConf.to_container(OmegaConf.create(self.text or "{}"), resolve=False)
        own = {key: value for key, value in content.items() if key not in ("defaults", "hydra")}
        prefix = f"{self.package}." if self.package else ""
        return {f"{prefix}{key}" for key in dotted.keys(own)}

    @cached_property
    def comments(self) -> dict[str, str]:
        """Return the comment beside each key, by dotted key, also from the files it includes."""
        comments: dict[str, str] = {}
        for file in self.included:
            comments |= file.comments
        path: list[tuple[int, str]] = []
        for line in self.text.splitlines():
            match = KEY.match(line)
            if match:
                path = [step for step in path if step[0] < len(match[1])]
                path.append((len(match[1]), match[2]))
                comment = COMMENT.search(QUOTED.sub(lambda quoted: "x" * len(quoted[0]), line))
                if comment:
                    key = ".".join(filter(None, [self.package, *(name for _, name in path)]))
                    comments[key] = line[comment.start(1) :]
        return comments


def choices(group: str) -> list[ConfigFile]:
    """Return the files of a group, sorted by name; `data/text` is a separate group."""
    paths = (CONFIGS / group).glob("**/*.yaml" if group in NESTED else "*.yaml")
    return [ConfigFile(str(p.relative_to(CONFIGS).with_suffix(""))) for p in sorted(paths)]


def _names(entry: Any) -> list[str]:
    """Return the files that one entry of `defaults` names, without their packages."""
    if isinstance(entry, str):
        return [entry.partition("@")[0]]
    [(group, choice)] = entry.items()
    if str(group).startswith("override ") or choice is None:
        return []
    return [f"{group}/{choice}".partition("@")[0]]
