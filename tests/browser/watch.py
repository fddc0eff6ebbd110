"""What a page said and asked for; each function tells what is new since it was last asked."""

import json

from selenium.webdriver import Chrome

OWN = ("file:///", "data:", "blob:", "about:", "chrome:", "http://127.0.0.1:", "ws://127.0.0.1:")
"""Addresses that do not leave the machine. `localhost` is none, it is a name to look up; nor is
`file://host/`, which is what `//host/` becomes in a page that was opened as a file."""

ADDRESS = {
    "Network.requestWillBeSent": lambda event: event["request"]["url"],
    "Network.webSocketCreated": lambda event: event["url"],
}


def console_errors(driver: Chrome) -> list[str]:
    """The errors on the console: what a script threw, what could not be loaded, `console.error`."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]


def requests_made(driver: Chrome) -> list[str]:
    """The addresses that were asked for outside this machine, refused as they all are."""
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    asked = [ADDRESS[e["method"]](e["params"]) for e in events if e["method"] in ADDRESS]
    return [address for address in asked if not address.startswith(OWN)]
