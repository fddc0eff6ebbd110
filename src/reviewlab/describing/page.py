"""A description as one HTML file: no script, nothing from elsewhere."""

from pathlib import Path

from reviewlab.describing.description import Description
from reviewlab.describing.sections import headline, sections
from reviewlab.reporting.html import render

TEMPLATE = Path(__file__).parent / "page.html"


def format_page(description: Description) -> str:
    """Write the page as a whole HTML file."""
    return render(
        TEMPLATE,
        title=headline(description),
        sections=sections(description),
        command=description.command,
    )
