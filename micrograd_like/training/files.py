"""Models and checkpoints as JSON: versioned, validated when read, written all or not at all.

Numbers are written so that they come back bit for bit. Nothing that is read is executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from micrograd_like.errors import ModelFileError, printable
from micrograd_like.nn import ACTIVATIONS, MLP

MODEL = "micrograd-like model"
CHECKPOINT = "micrograd-like checkpoint"
#: Of either format; a program refuses what is newer than itself.
VERSION = 1


def save(model: MLP, path: str | os.PathLike[str]) -> None:
    """Write an MLP as JSON: sizes, activations and every parameter.

    Errors: TypeError for another module, ValueError for a network whose neurons were given
    activations of their own, OSError.
    """
    write(path, MODEL, _described(model))


def load(path: str | os.PathLike[str]) -> MLP:
    """The MLP that :func:`save` wrote.

    Errors: ModelFileError saying what is wrong with the file, OSError.
    """
    document = read(path, MODEL)
    check = Checker(path)
    check.entries(document, {"inputs", "layers", "activation", "output", "bias", "parameters"})
    layers = document["layers"]
    check(type(layers) is list and bool(layers), "layers", "a list of sizes", layers)
    for size in (document["inputs"], *layers):
        check(type(size) is int and size > 0, "inputs and layers", "whole numbers from 1", size)
    for name in ("activation", "output"):
        check(document[name] in ACTIVATIONS, name, "the name of an activation", document[name])
    check(type(document["bias"]) is bool, "bias", "true or false", document["bias"])
    sizes = [document["inputs"], *layers]
    # Before anything as large as the file claims is built.
    expected = {f"layers.{n}.weight": rows for n, rows in enumerate(layers)}
    check(type(document["parameters"]) is dict, "parameters", "an object", document["parameters"])
    for name, rows in expected.items():
        got = document["parameters"].get(name)
        fits = type(got) is list and len(got) == rows
        check(fits, f"parameters, {name}", f"a list of {rows} rows", got)
    for n, columns in enumerate(sizes[:-1]):
        first = document["parameters"][f"layers.{n}.weight"][0]
        fits = type(first) is list and len(first) == columns
        check(fits, f"parameters, layers.{n}.weight", f"rows of {columns} numbers", first)
    options = {name: document[name] for name in ("activation", "output", "bias")}
    model = MLP(document["inputs"], layers, seed=0, **options)
    with_path(path, "parameters", lambda: model.load_state_dict(document["parameters"]))
    return model


def _described(model: MLP) -> dict[str, Any]:
    if not isinstance(model, MLP):
        raise TypeError(f"save: expected an nn.MLP, got {type(model).__name__}")
    sizes = [len(layer.neurons) for layer in model.layers]
    inputs = len(model.layers[0].neurons[0].w)
    activation = model.layers[0].neurons[0].activation
    output = model.layers[-1].neurons[0].activation
    bias = model.layers[0].neurons[0].b is not None
    twin = MLP(inputs, sizes, activation=activation, output=output, bias=bias, seed=0)
    if _structure(twin) != _structure(model):
        raise ValueError(
            "save: expected one activation for all hidden neurons, one for all outputs, and "
            "biases for all or none; this network was changed after it was made"
        )
    return {
        "inputs": inputs,
        "layers": sizes,
        "activation": activation,
        "output": output,
        "bias": bias,
        "parameters": model.state_dict(),
    }


def _structure(model: MLP) -> list[list[tuple[int, str, bool]]]:
    return [
        [(len(neuron.w), neuron.activation, neuron.b is None) for neuron in layer.neurons]
        for layer in model.layers
    ]


# Files of either kind.


def write(path: str | os.PathLike[str], kind: str, content: Mapping[str, Any]) -> None:
    """Write a document beside ``path`` and move it there, so that none is ever half written.

    Errors: ValueError for NaN and infinity, OSError.
    """
    target = Path(path)
    try:
        text = json.dumps({"format": kind, "version": VERSION, **content}, allow_nan=False)
    except ValueError:
        raise ValueError(f"{_shown(path)}: expected finite numbers to write, got others") from None
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_text(f"{text}\n", encoding="utf-8")
        os.replace(unfinished, target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def read(path: str | os.PathLike[str], kind: str) -> dict[str, Any]:
    """A document's entries, its format and version checked and taken off.

    Errors: ModelFileError, OSError.
    """
    check = Checker(path)
    try:
        document = json.loads(Path(path).read_bytes(), parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise ModelFileError(f"{check.name}: is no JSON that can be read: {reason}") from None
    check(type(document) is dict, "the file", f"a {kind}", document)
    check(document.get("format") == kind, "format", repr(kind), document.get("format"))
    version = document.get("version")
    check(type(version) is int and version > 0, "version", "a whole number from 1", version)
    if version > VERSION:
        raise ModelFileError(
            f"{check.name}: has version {version}, and this program reads up to {VERSION}; "
            "upgrade micrograd-like to read it"
        )
    return {name: entry for name, entry in document.items() if name not in ("format", "version")}


def with_path(path: str | os.PathLike[str], what: str, action: Callable[[], Any]) -> Any:
    """The action's result. Errors: ModelFileError naming the file, for what it refuses."""
    try:
        return action()
    except (TypeError, ValueError, ArithmeticError, KeyError) as error:
        raise ModelFileError(f"{_shown(path)}: {what}: {error}") from None


class Checker:
    """Refuses what a file should not have: check(fits, where, expected, got)."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = _shown(path)

    def __call__(self, fits: bool, where: str, expected: str, got: object) -> None:
        """Errors: ModelFileError saying where, what was expected and what came, unless it fits."""
        if not fits:
            shown = "nothing" if got is None else json.dumps(got)
            shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
            raise ModelFileError(f"{self.name}: {where}: expected {expected}, got {shown}")

    def entries(self, document: Mapping[str, Any], expected: set[str]) -> None:
        """Errors: ModelFileError for entries that are missing, or more than expected."""
        if missing := sorted(expected - set(document)):
            raise ModelFileError(f"{self.name}: {', '.join(missing)} missing")
        if more := sorted(set(document) - expected):
            raise ModelFileError(f"{self.name}: unexpected {', '.join(more)}")


def _shown(path: str | os.PathLike[str]) -> str:
    return printable(os.fspath(path))


def _refused(constant: str) -> float:
    raise ValueError(f"expected finite numbers, got {constant}")
