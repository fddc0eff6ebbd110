"""TensorBoard shows the attention of a model over the words of held-out reviews."""

from collections.abc import Callable, Iterator

import pytest
from selenium.webdriver import Chrome
from tests.browser.tensorboard import ELEMENTS, served, shown
from tests.browser.watch import console_errors, requests_made
from tests.cli.processes import script

from reviewlab.inspection.words import WIDTH

pytestmark = pytest.mark.browser

ASKED = [
    "model=lstm_attention",
    "model.bidirectional=true",
    "callbacks=attention",
    "callbacks.attention.every_n_epochs=4",
    "optimizer.lr=5e-3",
    "trainer.max_epochs=8",
    "name=attentive",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of TensorBoard for an inspected run."""
    cwd = tmp_path_factory.mktemp("run")
    done = script("train", cwd, *ASKED)
    assert done.code == 0, done.err
    [run] = (cwd / "outputs" / "runs").iterdir()
    with served(run, cwd / "tensorboard.log") as found:
        yield found


def pictures(browser: Chrome) -> list[str]:
    """Return the names of the pictures that are fully loaded."""
    found = browser.execute_script(ELEMENTS, "tf-image-loader")
    return [
        loader.get_property("tag")
        for loader in found
        if (
            images := browser.execute_script(
                "return [...arguments[0].shadowRoot.querySelectorAll('img')]", loader
            )
        )
        and images[0].get_property("naturalWidth") == WIDTH
    ]


def test_each_review_is_a_picture_of_its_words(
    browser: Chrome, address: str, picture: Callable[..., None]
) -> None:
    def all_ten(browser: Chrome) -> list[str]:
        found = pictures(browser)
        return found if len(found) == 10 else []

    tags = shown(browser, f"{address}#images", all_ten)
    assert sorted(tags) == [f"attention/review_{number:02}" for number in range(10)]
    picture(browser, "attention", height=545)
    assert console_errors(browser) == []
    assert requests_made(browser) == []
