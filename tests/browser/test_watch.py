"""The browser reaches no other machine, and errors and requests of a page are detected."""

from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.support.wait import WebDriverWait
from tests.browser.watch import console_errors, requests_made

pytestmark = pytest.mark.browser

ASK = """
const done = arguments[arguments.length - 1];
fetch(arguments[0], {mode: "no-cors"}).then(() => done("answered"), () => done("refused"));
"""


@pytest.fixture
def servers() -> Iterator[dict[str, int]]:
    """Servers that answer every request, on 127.0.0.1 and another address; yields the ports."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    made = [ThreadingHTTPServer((host, 0), Answer) for host in ("127.0.0.1", "127.0.0.2")]
    for server in made:
        Thread(target=server.serve_forever, daemon=True).start()
    yield {server.server_address[0]: server.server_address[1] for server in made}
    for server in made:
        server.shutdown()
        server.server_close()


def show(browser: Chrome, folder: Path, body: str) -> None:
    page = folder / "page.html"
    page.write_text(f"<!doctype html><title>page</title>{body}", encoding="utf-8")
    browser.get(page.as_uri())


def test_only_127_0_0_1_answers(browser: Chrome, tmp_path: Path, servers: dict[str, int]) -> None:
    show(browser, tmp_path, "")
    here, outside = (f"http://{host}:{port}/" for host, port in servers.items())
    by_name = here.replace("127.0.0.1", "localhost")
    assert browser.execute_async_script(ASK, here) == "answered"
    assert browser.execute_async_script(ASK, outside) == "refused"
    assert browser.execute_async_script(ASK, by_name) == "refused"
    assert requests_made(browser) == [outside, by_name]


def test_a_request_of_any_kind_is_seen(browser: Chrome, tmp_path: Path) -> None:
    show(
        browser,
        tmp_path,
        """<link rel="stylesheet" href="http://a.invalid/"><img src="//b.invalid/">
        <script>new WebSocket("ws://c.invalid/")</script>
        <style>body { background: url(http://d.invalid/) }</style>""",
    )
    seen = requests_made(browser)
    assert sorted(address.partition("//")[2] for address in seen) == [
        f"{host}.invalid/" for host in "abcd"
    ]


def test_an_error_is_seen_and_only_once(browser: Chrome, tmp_path: Path) -> None:
    show(browser, tmp_path, "<script>console.log('fine'); throw new Error('broken')</script>")
    [error] = console_errors(browser)
    assert "Error: broken" in error
    assert console_errors(browser) == []


def test_nothing_is_left_behind(browser: Chrome, tmp_path: Path) -> None:
    show(browser, tmp_path, "<p>seen</p>")
    folder = Path(browser.capabilities["chrome"]["userDataDir"])
    assert _running(folder)
    browser.quit()
    WebDriverWait(browser, 10).until(lambda _: not _running(folder))


def _running(folder: Path) -> list[Path]:
    """Return the processes whose command line contains a folder."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended meanwhile
            found += [file] if str(folder) in file.read_text(errors="replace") else []
    return found
