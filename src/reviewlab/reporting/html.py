"""Web pages from templates, with everything they show escaped."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def html_environment(folder: Path) -> "Environment":
    """Create the jinja2 environment for a folder of templates.

    Args:
        folder: folder with the templates.

    Returns:
        An environment in which an undefined name is an error.
    """
    from jinja2 import (
        Environment,
        FileSystemLoader,
        StrictUndefined,
    )  # slow to import, and not every report needs it

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(template: Path, **values: Any) -> str:
    """Render a template.

    Args:
        template: the path of an HTML file.
        values: the variables of the template, by name.

    Returns:
        The page.
    """
    return html_environment(template.parent).get_template(template.name).render(values)
