"""The command line of `reviewlab schema`: write JSON schemas of the yaml files for editors."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reviewlab.cli.parser import Parser
from reviewlab.console.commands import command
from reviewlab.console.exit import exit_on_input_error
from reviewlab.console.table import aligned, on_one_line
from reviewlab.evaluation.options import refuse_output_folder
from reviewlab.runs.files import write_text

FOLDER = "conf/schemas"
"""The folder in which the yaml files of the repository look for their schemas."""

EXAMPLE = """\
A comment in the first line of a yaml file names its schema, or in the second
line if the first is '# @package'. For a file in {folder}:

    # yaml-language-server: $schema={path}/model.json
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Write the schemas into a folder, and say which files they are for."""
    with exit_on_input_error(argv) as arguments:
        options = make_parser().parse_args(arguments)
        refuse_output_folder(options.output)
        write_schemas(Path(options.output))


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = Parser(
        prog=command("schema"),
        allow_abbrev=False,
        description="Write JSON schemas for all yaml files, so that an editor completes keys and "
        "marks mistakes. They also cover classes that installed packages declare, so write them "
        "again after installing such a package.",
    )
    parser.add_argument(
        "--output",
        metavar="FOLDER",
        default=FOLDER,
        help="folder to write to, such as schemas/ in your own --config-dir (default: %(default)s)",
    )
    return parser


def make_all() -> dict[str, dict[str, Any]]:
    """Make all schemas, and return them as a dict with their names as keys.

    Raises:
        InputError: importing a package that declares its own classes fails.
    """
    # imported late: `--help` needs none of them
    from hydra.conf import HelpConf, HydraConf

    from reviewlab.schemas.files import make_schemas

    return make_schemas(primary_options(), {"help": HelpConf, "hydra": HydraConf})


def primary_options() -> dict[str, list[type]]:
    """Map the name of each primary config except `train` to the classes that check it.

    The first class of a config checks its top-level keys.
    """
    from reviewlab.cli.data import Outputs
    from reviewlab.cli.ensemble import Choice
    from reviewlab.cli.explain import Question
    from reviewlab.cli.export import Export
    from reviewlab.cli.judge import JudgeOptions
    from reviewlab.cli.predict import Prediction
    from reviewlab.evaluation.checkpoint import DataNode
    from reviewlab.evaluation.options import CheckpointOptions, EvaluationOptions

    return {
        "describe": [Outputs, DataNode],
        "ensemble": [Choice],
        "errors": [CheckpointOptions, DataNode],
        "evaluate": [EvaluationOptions, DataNode],
        "explain": [Question],
        "export": [Export],
        "judge": [JudgeOptions],
        "predict": [Prediction],
    }


def write_schemas(folder: Path) -> None:
    """Write each schema to a file, and print which yaml files it is for."""
    from reviewlab.schemas.files import PLACES

    schemas = make_all()
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas.items():
        write_text(folder / f"{name}.json", json.dumps(schema, indent=1, ensure_ascii=False) + "\n")
    places = [[f"  {name}.json", PLACES.get(name, f"{name}.yaml")] for name in sorted(schemas)]
    models = folder.parent / "model"
    example = EXAMPLE.format(folder=f"{models}/", path=os.path.relpath(folder, models))
    listed = "\n".join(aligned(places, (False, False)))
    sys.stdout.write(
        f"{len(schemas)} schemas -> {on_one_line(str(folder))}\n\n{listed}\n\n{example}"
    )
