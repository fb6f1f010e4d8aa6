"""Requests to every route and callback of the app, made from what the app itself says it has."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from data.texts.catalogue import t
from tests.fixtures import accounts

PLACES = {
    "job": "1",
    "layer": "venues",
    "z": "12",
    "x": "3250",
    "y": "1803",
    "rest": "nothing",
    "sha256": "0" * 64,
    "number": "1",
    "record": "00000000-0000-4000-8000-000000000000",
    "wanted": "0",
    "what": "enable",
    "code": "nothing",
    "key": "remind",
    "case": "1",
    "step": "confirm",
    "token": "nothing",
    "slug": "nothing",
    "filename": "favicon.svg",
    "path": "nothing",
    "package_name": "dash",
    "fingerprinted_path": "nothing",
    "fmt": "pdf",
    "sheet": "owners",
    "of": "vi",
    "paper": "a4",
}
KINDS = {
    "/exports/venues.<kind>": "csv",
    "/exports/violators.<kind>": "csv",
    "/exports/poster.<kind>": "svg",
    "/publication/draft/<kind>": "venues",
}


@dataclass(frozen=True)
class Asked:
    """One thing that can be asked: a route with a method, or a callback of a screen."""

    name: str
    address: str
    method: str
    body: dict[str, Any] | None = None

    @property
    def is_callback(self) -> bool:
        """Whether a Dash callback answers."""
        return self.body is not None


def routes(server: Flask, venue: str) -> Iterator[Asked]:
    """Every rule with every method of its own; Dash's one for callbacks is walked callback by callback."""
    for rule in server.url_map.iter_rules():
        if rule.rule.endswith("_dash-update-component"):
            continue
        own = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for method in own or sorted(rule.methods or ())[:1]:
            yield Asked(f"{method} {rule.rule}", _address(rule, venue), method)


Values = dict[tuple[str, str], Any]
"""What a component's property holds, by both their names."""


def callbacks(client: FlaskClient, prefix: str, values: Values | None = None) -> Iterator[Asked]:
    """Every callback of the screen that the server answers; what has no value given holds a number or an empty text."""
    for told in client.get(f"{prefix}_dash-dependencies").json or []:
        if not told["clientside_function"]:
            yield Asked(
                f"{prefix} {told['output']}", f"{prefix}_dash-update-component", "POST", _asked_for(told, values or {})
            )


def ask(client: FlaskClient, asked: Asked) -> Any:
    """The answer, as a script of our own page asks."""
    return client.open(asked.address, method=asked.method, json=asked.body)


def is_refused(answer: Any) -> bool:
    """Whether the answer says that this is not for the caller: signing in first, 403, or a callback's sentence."""
    if answer.status_code in (401, 403):
        return True
    return answer.is_json and t("error.not_allowed") in json.dumps(answer.json, ensure_ascii=False)


def _address(rule: Rule, venue: str) -> str:
    values = dict(PLACES, kind=KINDS.get(rule.rule, "reminder"))
    adapter = rule.map.bind("127.0.0.1") if rule.map else None
    assert adapter is not None
    address: str = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
    return address + (f"?venue={venue}" if "poster" in rule.rule else "")


def _asked_for(callback: dict[str, Any], values: Values) -> dict[str, Any]:
    """The request of a browser in which the first input of ``callback`` has changed."""
    outputs = [
        dict(zip(("id", "property"), name.rsplit(".", 1), strict=True))
        for name in callback["output"].strip(".").split("...")
    ]
    first = _filled(callback["inputs"][0], values)
    first = first[0] if isinstance(first, list) else first
    id_ = first["id"]
    changed = json.dumps(id_, sort_keys=True, separators=(",", ":")) if isinstance(id_, dict) else id_
    return {
        "output": callback["output"],
        "outputs": outputs if callback["output"].startswith("..") else outputs[0],
        "inputs": [_filled(entry, values) for entry in callback["inputs"]],
        "state": [_filled(entry, values) for entry in callback["state"]],
        "changedPropIds": [f"{changed}.{first['property']}"],
    }


def _filled(entry: dict[str, Any], values: Values) -> Any:
    """An input or state with its value; of a pattern one component that fits it, numbered 1."""
    usual = "" if entry["property"] in ("search", "pathname") or entry["id"] == "scope" else 1
    changed = {"property": entry["property"], "value": values.get((entry["id"], entry["property"]), usual)}
    if not entry["id"].startswith("{"):
        return changed | {"id": entry["id"]}
    parts = json.loads(entry["id"])
    return [changed | {"id": {name: 1 if isinstance(part, list) else part for name, part in parts.items()}}]


def client_of(server: Flask, role: str) -> FlaskClient:
    """A client signed in as the role; "nobody": not at all; "begun": with a password alone."""
    return server.test_client() if role == "nobody" else accounts.client(server, f"walk-{role}")
