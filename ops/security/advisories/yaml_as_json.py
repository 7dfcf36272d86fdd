"""YAML records as JSON, from standard input to standard output. Run by the Python of the tools' own environment, which has PyYAML.

Every scalar stays the text that it is: a version 1.10 must not become the number 1.1.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import yaml


class Plain(yaml.CSafeLoader):
    """PyYAML's safe loader, but only an empty value is anything but text."""


Plain.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] == "tag:yaml.org,2002:null"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def parsed(name: str, text: str) -> Any:
    """Raises SystemExit with the file's name when it is no YAML."""
    loader = Plain(text)
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise SystemExit(f"{name}: {error}") from error
    finally:
        loader.dispose()


if __name__ == "__main__":
    json.dump([parsed(name, text) for name, text in json.load(sys.stdin).items()], sys.stdout)
