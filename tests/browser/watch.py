"""Read a page's console errors and network requests since the last call."""

import json

from selenium.webdriver import Chrome

OWN = ("file:///", "data:", "blob:", "about:", "chrome:", "http://127.0.0.1:", "ws://127.0.0.1:")
"""Addresses that stay on this machine. `localhost` is not one, because it has to be resolved, nor
is `file://host/`, to which `//host/` expands on a page that was opened as a file."""

ADDRESS = {
    "Network.requestWillBeSent": lambda event: event["request"]["url"],
    "Network.webSocketCreated": lambda event: event["url"],
}


def console_errors(driver: Chrome) -> list[str]:
    """Return errors on the console: exceptions, failed requests and calls of `console.error`."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]


def requests_made(driver: Chrome) -> list[str]:
    """Return the addresses of requests to other machines, all of which failed."""
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    requests = [ADDRESS[e["method"]](e["params"]) for e in events if e["method"] in ADDRESS]
    return [address for address in requests if not address.startswith(OWN)]
