"""Hostile changes to checkpoints and other archives: to their values, records and instructions."""

import pickletools
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from tests.chaos.mutations import change_tree, hostile_value, long_numbers

Records = list[tuple[str, bytes]]


def change_values(random: Random, path: Path, canary: Path) -> str:
    """Change a value or a tensor in a checkpoint."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    part = random.choice([None, "reviewlab", "reviewlab", "hyper_parameters", "state_dict"])
    inner = checkpoint.get(part)
    whole = not isinstance(inner, dict) or not inner
    done = change_tree(random, checkpoint if whole else inner, _value)
    with long_numbers():
        torch.save(checkpoint, path)
    return done if whole else f"{part}.{done}"


def _value(random: Random) -> Any:
    if random.random() < 0.6:
        return hostile_value(random)
    shape = random.choice([(), (0,), (1,), (7, 3), (2, 2, 2, 2), (1_000_000,)])
    kinds: tuple[Callable[[], Any], ...] = (
        lambda: torch.zeros(shape),
        lambda: torch.full(shape, float("nan")),
        lambda: torch.full(shape, float("inf")),
        lambda: torch.zeros(shape, dtype=random.choice([torch.int8, torch.bool, torch.complex64])),
        lambda: torch.zeros(1).expand(10**9),
        lambda: torch.zeros(1, 1).expand(10**5, 10**5),
        lambda: torch.zeros(shape, dtype=torch.float64),
        lambda: torch.zeros(shape, device="meta"),
        lambda: torch.nn.Parameter(torch.zeros(shape)),
        lambda: torch.eye(3).to_sparse(),
        lambda: (1, (2, [3])),
        lambda: {1, 2},
        lambda: b"\xff",
        lambda: torch.float16,
    )
    return random.choice(kinds)()


def change_records(random: Random, path: Path, canary: Path) -> str:
    """Change the records of a zip archive, or what it tells about them."""
    records = read_records(path)
    number = random.randrange(len(records))
    name, content = records[number]
    method = zipfile.ZIP_STORED
    action = random.choice(
        ["double", "drop", "rename", "deflate", "traverse", "add", "swap", "size", "crc", "case"]
    )
    if action == "double":
        records.append((name, random.choice([content, b"x"])))
    elif action == "drop":
        del records[number]
    elif action == "rename":
        records[number] = (f"other/{name}", content)
    elif action == "case":
        records.append((name.upper(), content))
    elif action == "deflate":
        method = zipfile.ZIP_DEFLATED
        records[number] = (name, content + random.choice([b"", bytes(10**8)]))
    elif action == "traverse":
        names = ["../../../tmp/out", "/tmp/out", "..\\out", "a\x00b", "x" * 60_000, "", str(canary)]
        records[number] = (random.choice(names), content)
    elif action == "add":
        top = name.partition("/")[0]
        names = ["constants.pkl", "code/__torch__.py", "attributes.pkl", "data/99", "byteorder"]
        code = f"open({str(canary)!r}, 'w')".encode()
        payload = random.choice([b"x", code, b"big", call(canary)])
        records.append((f"{top}/{random.choice(names)}", payload))
    elif action == "swap":
        other = random.randrange(len(records))
        records[number] = (name, records[other][1])
        records[other] = (records[other][0], content)
    write_records(path, records, method)
    if action in ("size", "crc"):
        _change_directory(random, path, action)
    return f"record {name[:50]!r}: {action}"


def _change_directory(random: Random, path: Path, field: str) -> None:
    """Change a checksum or a size in the archive's table of contents."""
    content = bytearray(path.read_bytes())
    starts = [i for i in range(len(content) - 4) if content[i : i + 4] == b"PK\x01\x02"]
    start = random.choice(starts)
    size = random.choice([0, 1, 2**31, 2**32 - 2, 2**32 - 1])
    places = {"crc": [16], "size": random.choice([[20, 24], [24], [20], [42]])}[field]
    for place in places:
        content[start + place : start + place + 4] = struct.pack("<I", size)
    path.write_bytes(content)


def change_instructions(random: Random, path: Path, canary: Path) -> str:
    """Change the pickle in a checkpoint: let it call something, or change its numbers and texts."""
    records = read_records(path)
    [number] = [i for i, (name, _) in enumerate(records) if name.endswith("/data.pkl")]
    name, pickle = records[number]
    if random.random() < 0.6:
        pickle, done = _with_call(random, pickle, canary)
    else:
        pickle, done = _with_argument(random, pickle)
    records[number] = (name, pickle)
    write_records(path, records)
    if random.random() < 0.1:
        path.write_bytes(pickle)  # the format of torch before it wrote archives
        done += ", alone"
    return f"pickle: {done}"


def call(canary: Path) -> bytes:
    """Return a pickle that would create the canary."""
    return b"\x80\x02cos\nsystem\n" + _text(f"touch {canary}") + b"\x85R."


def _text(text: str) -> bytes:
    return b"X" + struct.pack("<I", len(text.encode())) + text.encode()


def _with_call(random: Random, pickle: bytes, canary: Path) -> tuple[bytes, str]:
    shell, code = _text(f"touch {canary}"), _text(f"open({str(canary)!r}, 'w').close()")
    module, function, argument = random.choice(
        [
            ("os", "system", shell),
            ("posix", "system", shell),
            ("builtins", "exec", code),
            ("__builtin__", "eval", code),
            ("subprocess", "getoutput", shell),
            ("torch", "load", _text("/dev/zero")),
            ("torch.serialization", "load", _text("/dev/zero")),
            ("torch.hub", "load", _text("nobody/nothing")),
            ("runpy", "run_path", _text("hostile_module.py")),
            ("pathlib", "Path.touch", _text(str(canary))),
            ("torch._utils", "os.system", shell),
            ("collections", "OrderedDict.__class__", shell),
            ("builtins", "bytearray", b"\x8a\x05\x00\x00\x00\x00\x10"),  # 64 GiB
            ("torch", "empty", b"\x8a\x05\x00\x00\x00\x00\x10"),
            ("builtins", "getattr", code),
            ("hostile_module", "Thing", shell),
        ]
    )
    named = f"{module}\n{function}\n".encode()
    stacked = _short_text(module) + _short_text(function) + b"\x93"
    forms = {
        "GLOBAL": b"c" + named + argument + b"\x85R",
        "STACK_GLOBAL": stacked + argument + b"\x85R",
        "INST": b"(" + argument + b"i" + named,
        "OBJ": b"(c" + named + argument + b"o",
        "NEWOBJ": b"c" + named + argument + b"\x85\x81",
        "BUILD": b"ccollections\nOrderedDict\n)R}" + _text("__setstate__") + b"c" + named + b"sb",
        "BUILD twice": b"c" + named + b"}b" + argument + b"b",
        "EXT": b"\x82\x01",
        "PERSID": b"P" + named[:-1].replace(b"\n", b".") + b"\n",
    }
    form = random.choice([*forms])
    place = random.choice(["before", "after", "alone", "key"])
    start = pickle[:2]
    bodies = {
        "before": start + forms[form] + b"0" + pickle[2:],
        "after": pickle[:-1] + forms[form] + b"0.",
        "alone": start + forms[form] + b".",
        "key": pickle[:-1] + _text("more") + forms[form] + b"s.",
    }
    return bodies[place], f"{form} {module}.{function} {place}"


def _short_text(text: str) -> bytes:
    return b"\x8c" + bytes([len(text)]) + text.encode()


def _with_argument(random: Random, pickle: bytes) -> tuple[bytes, str]:
    """Change one number or text of a pickle, which may be the size of a tensor or its class."""
    starts = [(o.name, a, i) for o, a, i in pickletools.genops(pickle) if i is not None]
    name, argument, start = random.choice(starts)
    ends = [i for _, _, i in starts if i > start]
    old = pickle[start : min(ends, default=len(pickle))]
    others = [b"J\xff\xff\xff\xff", b"J\xff\xff\xff\x7f", b"K\x00"]
    others += [b"\x8a\x08" + b"\xff" * 7 + b"\x7f"]
    others += [b"N", _text("x"), b"]", b"}", b")", b"h\x00", b"0", b"2", b""]
    new = random.choice(others)
    done = f"{name} {argument!r:.40} -> {new!r}"
    return pickle[:start] + new + pickle[start + len(old) :], done


def change_arrays(random: Random, path: Path, canary: Path) -> str:
    """Change the arrays in an .npz file."""
    with np.load(path) as file:
        arrays: dict[str, Any] = dict(file)
    name = random.choice([*arrays])
    array = arrays[name]

    class Call:
        def __reduce__(self) -> tuple[Any, ...]:
            import os

            return os.system, (f"touch {canary}",)

    changes: dict[str, Callable[[], Any]] = {
        "removed": lambda: None,
        "empty": lambda: np.zeros(0),
        "scalar": lambda: np.array(-1),
        "huge": lambda: np.array(2**62),
        "nan": lambda: np.full(array.shape, np.nan, np.float16),
        "infinite": lambda: np.full(array.shape, np.inf, np.float16),
        "negative": lambda: np.full(array.shape, -1, array.dtype),
        "texts": lambda: np.full(array.shape, "x"),
        "object": lambda: np.array([Call()], dtype=object),
        "short": lambda: array[:1] if array.ndim else array[None],
        "flat": lambda: array.reshape(-1),
        "more": lambda: np.concatenate([np.atleast_1d(array)] * 3),
        "large": lambda: np.zeros(10**8, np.int8),
        "complex": lambda: array.astype(np.complex64),
        "dates": lambda: np.full(array.shape, 0, "datetime64[s]"),
    }
    change = random.choice([*changes])
    arrays[name] = changes[change]()
    np.savez_compressed(path, **{k: v for k, v in arrays.items() if v is not None})
    return f"{name} {change}"


def read_records(path: Path) -> Records:
    """Return the names and contents of a zip archive's records."""
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def write_records(path: Path, records: Records, method: int = zipfile.ZIP_STORED) -> None:
    """Write a zip archive."""
    import warnings

    with zipfile.ZipFile(path, "w", method) as archive, warnings.catch_warnings(action="ignore"):
        for name, content in records:
            archive.writestr(name or "a", content)
