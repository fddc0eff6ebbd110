"""Hostile changes to the files of a run or a sweep, each drawn from a seeded generator.

A mutation changes one file in place and returns a description of what it did. A description that
starts with `BYTES` tells that the file is damaged in a way that its format detects.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import yaml

BYTES = "bytes: "
DEEP = 1_000

TEXTS = (
    *("", "\x1b[31m\x1b]0;title\x07\r\x08", "line\nbreak", "x" * 10_000, "word " * 5_000, "\u202e"),
    *("${oc.env:HOME}", "${a}", "../../../etc/passwd", "/dev/zero", "os.system", "nan", "\x00"),
    *("hostile_module.Thing", "reviewlab.models.LSTMClassifier", "[bold]x[/bold]", "\ud800", "%s"),
    *("<script>alert(1)</script>", "=1+1", "{0.__class__}", "\ufeff", "done", "running", "null"),
)
NUMBERS = (
    *(None, True, False, -1, 0, 1, 2, 2**31, 2**63, 2**64, -(2**63), 10**400, 10**5_000),
    *(1e308, -1e308, 1e-320, -0.5, float("nan"), float("inf"), float("-inf")),
)

Mutation = Callable[[Random, Path, Path], str]
"""Changes a file; the second path is the canary that any code in the file would create."""


def deep(depth: int = DEEP) -> Any:
    """Return nested lists."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def hostile_value(random: Random) -> Any:
    """Return a plain value that a careless reader could fail on."""
    kind = random.random()
    if kind < 0.4:
        return random.choice(NUMBERS)
    if kind < 0.75:
        return random.choice(TEXTS)
    structures = ([], {}, deep(), [None] * 1_000, {"a": {}}, {"": []}, [[1, 2], [3]], [{}], ["x"])
    return random.choice(structures)


def change_tree(random: Random, tree: Any, value: Callable[[Random], Any] = hostile_value) -> str:
    """Replace, remove, add or rename an entry at a random place of nested containers.

    Args:
        random: the generator.
        tree: a dictionary or list, which is changed in place.
        value: returns the hostile value.
    """
    container, path = tree, list[Any]()
    while True:
        keys = [*container] if isinstance(container, dict) else [*range(len(container))]
        path.append(random.choice(keys))
        inner = container[path[-1]]
        if not (isinstance(inner, dict | list) and inner and random.random() < 0.75):
            break
        container = inner
    place, key, action = ".".join(map(str, path))[:200], path[-1], random.random()
    if action < 0.7:
        container[key] = value(random)
        return f"{place} = {_short(container[key])}"
    if action < 0.85:
        del container[key]
        return f"{place} removed"
    if action < 0.92:
        container[key] = [container[key], container[key]]
        return f"{place} doubled"
    name = random.choice([*TEXTS, 1, None, 1.5, True])
    if isinstance(container, dict):
        container[name] = container.pop(key) if random.random() < 0.5 else value(random)
    else:
        container.insert(key, value(random))
    return f"{place} renamed or added: {_short(name)}"


def change_json(random: Random, path: Path, canary: Path) -> str:
    """Change a value in a JSON file."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(tree, dict | list) or not tree:
        return change_bytes(random, path, canary)
    done = change_tree(random, tree)
    with long_numbers():
        path.write_text(json.dumps(tree, skipkeys=True), encoding="utf-8")
    return done


def change_yaml(random: Random, path: Path, canary: Path) -> str:
    """Change a value in a yaml file, or let a node of it name code that would create the canary."""
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    if random.random() < 0.25:
        return _add_target(random, path, tree, canary)
    done = change_tree(random, tree)
    with long_numbers():
        text = yaml.dump(tree, Dumper=yaml.SafeDumper, sort_keys=False, allow_unicode=True)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return done


def _add_target(random: Random, path: Path, tree: Any, canary: Path) -> str:
    node = random.choice(
        [
            {"_target_": "os.system", "command": f"touch {canary}"},
            {"_target_": "builtins.exec", "_args_": [f"open({str(canary)!r}, 'w')"]},
            {"_target_": "subprocess.run", "args": ["touch", str(canary)]},
            {"_target_": "pathlib.Path.touch", "self": str(canary)},
            {"_target_": "hostile_module.Thing"},
            {"_target_": "hydra.utils.get_method", "path": "hostile_module.Thing"},
        ]
    )
    groups = [key for key, value in tree.items() if isinstance(value, dict)] or [*tree]
    key = random.choice(groups)
    inner = tree[key]
    inside = [k for k, v in inner.items() if isinstance(v, dict)] if isinstance(inner, dict) else []
    if inside and random.random() < 0.5:
        inner[random.choice(inside)] = node
    elif isinstance(inner, dict) and "_target_" in inner and random.random() < 0.3:
        inner["_target_"] = node["_target_"]
    else:
        tree[key] = node
    path.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return f"{key}: {node['_target_']}"


def change_text(random: Random, path: Path, canary: Path) -> str:
    """Damage a text file as an editor, another program or an attacker would."""
    content = path.read_bytes()
    shell = f"touch {canary}"
    aliases = "a: &a0 [x]\n" + "".join(
        f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(12)
    )
    texts: dict[str, bytes] = {
        "empty": b"",
        "white space": b" \n\t\n",
        "byte order mark": b"\xef\xbb\xbf" + content,
        "UTF-16": content.decode("utf-8", "replace").encode("utf-16"),
        "null bytes": content + bytes(10),
        "Latin-1": content + "é".encode("latin-1"),
        "twice": content * 2,
        "brackets": b"[" * 50_000,
        "closed brackets": b"[" * 50_000 + b"]" * 50_000,
        "braces": b'{"a":' * 50_000,
        "aliases": aliases.encode(),
        "python tag": f'a: !!python/object/apply:os.system ["{shell}"]\n'.encode(),
        "python name": b"a: !!python/name:os.system\n" + content,
        "pickle": f"cos\nsystem\n(V{shell}\ntR.".encode(),
        "duplicate keys": content.replace(b"{", b'{"state": 1, "state": [],', 1),
        "number": b'{"state": 1e999, "seed": -1e999}',
        "long number": b'{"attempts": ' + b"9" * 100_000 + b"}",
        "scalar": random.choice([b"3", b"null", b'"x"', b"true", b"NaN", b"[]", b"{}", b"- 1"]),
        "carriage returns": content.replace(b"\n", b"\r"),
        "long line": content.replace(b"\n", b" "),
        "control characters": content.replace(b"a", b"\x1b[31m"),
        "merge key": b"<<: [1, 2]\n" + content,
        "two documents": content + b"\n---\n" + content,
        "tab": b"\t" + content,
    }
    name = random.choice([*texts])
    path.write_bytes(texts[name])
    return name


def change_bytes(random: Random, path: Path, canary: Path) -> str:
    """Damage a file of any format as a disk or a network would."""
    content = bytearray(path.read_bytes())
    place = random.randrange(len(content)) if content else 0
    length = random.choice([1, 4, 100, 5_000])
    name = random.choice(["flip", "flip", "truncate", "insert", "remove", "zeros", "splice"])
    if name == "flip":
        for _ in range(random.choice([1, 1, 2, 8])):
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    elif name == "truncate":
        del content[place:]
    elif name == "insert":
        content[place:place] = random.randbytes(length)
    elif name == "remove":
        del content[place : place + length]
    elif name == "zeros":
        content[place : place + length] = bytes(len(content[place : place + length]))
    else:
        others = sorted(p for p in path.parent.iterdir() if p.is_file() and p != path) or [path]
        other = random.choice(others).read_bytes()
        content[place:] = other[len(other) // 2 :]
    path.write_bytes(content)
    return f"{BYTES}{name} at {place} of {len(content)}"


@contextmanager
def long_numbers() -> Iterator[None]:
    """Within the `with` block, write whole numbers of any length, and values nested deeply."""
    digits, depth = sys.get_int_max_str_digits(), sys.getrecursionlimit()
    sys.set_int_max_str_digits(0)
    sys.setrecursionlimit(20 * DEEP)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(digits)
        sys.setrecursionlimit(depth)


def _short(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 2**80:
        return f"a number of {value.bit_length()} bits"
    try:
        return repr(value)[:60]
    except RecursionError:
        return "[[[..."
