"""Web pages from templates; whatever a template shows is escaped."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def html_environment(folder: Path) -> "Environment":
    """Make the environment of templates.

    Args:
        folder: where the templates lie.

    Returns:
        An environment in which a name that is not given is an error.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # not for each report

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(template: Path, **values: Any) -> str:
    """Fill in a template.

    Args:
        template: the path of an HTML file.
        values: what it shows, by name.

    Returns:
        The page.
    """
    return html_environment(template.parent).get_template(template.name).render(values)
