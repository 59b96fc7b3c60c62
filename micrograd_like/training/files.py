"""Models and checkpoints as JSON: versioned, validated when read, written all or not at all.

Numbers are written so that they come back bit for bit. Nothing that is read is executed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from micrograd_like.engine import Value
from micrograd_like.engine.numbers import described
from micrograd_like.errors import ModelFileError, printable
from micrograd_like.files import write_whole
from micrograd_like.nn import ACTIVATIONS, MLP, Names

MODEL = "micrograd-like model"
CHECKPOINT = "micrograd-like checkpoint"
#: Of either format; a program refuses what is newer than itself.
VERSION = 1

#: A whole number from 1 on.
Size = Annotated[int, msgspec.Meta(ge=1)]
AnyDocument = TypeVar("AnyDocument", bound="Document")


def save(model: MLP, path: str | os.PathLike[str]) -> None:
    """Write an MLP as JSON: sizes, activations and every parameter.

    Raises:
        TypeError: The module is of another class, or the path is none.
        ValueError: The network's neurons were given activations of their own.
        OSError: The file cannot be written.
    """
    write(path_of("path", path), MODEL, _described(model))


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """What a file holds, its format and version taken off: a subclass for each kind."""


class ModelDocument(Document):
    """A network: its sizes, its activations, and its state."""

    inputs: Size
    layers: Annotated[list[Size], msgspec.Meta(min_length=1)]
    activation: str
    output: str
    bias: bool
    parameters: dict[str, Any]
    names: Names = "numbers"
    dropout: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0
    #: Names of parameters that are one, the first place's first.
    tied: list[Annotated[list[str], msgspec.Meta(min_length=2)]] = []

    def __post_init__(self) -> None:
        """Refuse what the types alone let pass, before anything as large as it claims is built."""
        for name in ("activation", "output"):
            if (got := getattr(self, name)) not in ACTIVATIONS:
                raise ValueError(f"{name}: expected the name of an activation, got {got!r}")
        for n, (columns, rows) in enumerate(pairwise([self.inputs, *self.layers])):
            where = f"parameters, layers.{n}.weight: expected"
            got = self.parameters.get(f"layers.{n}.weight")
            if not isinstance(got, list) or len(got) != rows:
                raise ValueError(f"{where} a list of {rows} rows, got {_shortened(got)}")
            if not isinstance(got[0], list) or len(got[0]) != columns:
                raise ValueError(f"{where} rows of {columns} numbers, got {_shortened(got[0])}")


def load(path: str | os.PathLike[str]) -> MLP:
    """The MLP that :func:`save` wrote.

    Args:
        path: The file.

    Returns:
        The network, its parameters bit for bit those that were saved.

    Raises:
        ModelFileError: Something is wrong with the file; the message says what.
        TypeError: The path is none.
        OSError: It cannot be read.
    """
    path = path_of("path", path)
    document = read(path, MODEL, ModelDocument)
    options = {name: getattr(document, name) for name in _OPTIONS}
    model = MLP(document.inputs, document.layers, seed=0, **options)
    for names in document.tied:
        with_path(path, "tied", partial(model.tie, *names))
    with_path(path, "parameters", lambda: model.load_state_dict(document.parameters))
    return model


#: What a file and an MLP call by the same name.
_OPTIONS = ("activation", "output", "bias", "names", "dropout")


def _tied(model: MLP) -> list[list[str]]:
    """The names of the places of each parameter that has several."""
    names: dict[Value, list[str]] = {}
    for name, value in model.places():
        names.setdefault(value, []).append(name)
    return [found for found in names.values() if len(found) > 1]


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
    optional: tuple[tuple[str, Any, Any], ...] = (
        ("names", model.names, "numbers"),
        ("dropout", model.dropout, 0.0),
        ("tied", _tied(model), []),
    )
    return {
        "inputs": inputs,
        "layers": sizes,
        "activation": activation,
        "output": output,
        "bias": bias,
        "parameters": model.state_dict(),
        **{name: setting for name, setting, usual in optional if setting != usual},
    }


def _structure(model: MLP) -> list[list[tuple[int, str, bool]]]:
    return [
        [(len(neuron.w), neuron.activation, neuron.b is None) for neuron in layer.neurons]
        for layer in model.layers
    ]


# Files of either kind.


def path_of(name: str, path: object) -> str:
    """The path as a text.

    Args:
        name: What is said of it where it is none.
        path: A text, or what stands for one.

    Raises:
        TypeError: It is something else: bytes, a number.
        ValueError: It is an empty text.
    """
    found = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(found, str):
        raise TypeError(f"{name}: expected the path of a file, got {described(path)}")
    if not found:
        raise ValueError(f"{name}: expected the path of a file, got an empty text")
    return found


def write(path: str | os.PathLike[str], kind: str, content: Mapping[str, Any]) -> None:
    """Write a document, whole or not at all: see :func:`write_whole`.

    Raises:
        ValueError: A number is NaN or infinite.
        OSError: The file cannot be written.
    """
    try:
        text = json.dumps({"format": kind, "version": VERSION, **content}, allow_nan=False)
    except ValueError:
        raise ValueError(f"{_shown(path)}: expected finite numbers to write, got others") from None
    write_whole(path, f"{text}\n")


def read(path: str | os.PathLike[str], kind: str, document: type[AnyDocument]) -> AnyDocument:
    """A file's content, its format and version checked and taken off.

    Args:
        path: The file.
        kind: The format it should have.
        document: The entries it should have.

    Raises:
        ModelFileError: It is no JSON, of another format, newer than the program, or has other
            entries; the message says what was expected, what came and where.
        OSError: It cannot be read.
    """
    name = _shown(path)
    try:
        found = msgspec.json.decode(content := Path(path).read_bytes())
    except RecursionError:
        raise ModelFileError(
            f"{name}: is no JSON that can be read: it is nested too deeply"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = f"{_not_finite(str(error), content) or error}"
        raise ModelFileError(f"{name}: is no JSON that can be read: {reason}") from None
    try:
        if not isinstance(found, dict):
            raise ValueError(f"the file: expected a {kind}, got {_shortened(found)}")
        if found.get("format") != kind:
            raise ValueError(f"format: expected {kind!r}, got {_shortened(found.get('format'))}")
        version = msgspec.convert(found, _Head).version
        if version > VERSION:
            raise ValueError(
                f"has version {version}, and this program reads up to {VERSION}; "
                "upgrade micrograd-like to read it"
            )
        entries = {entry: found[entry] for entry in found if entry not in ("format", "version")}
        return msgspec.convert(entries, document)
    except msgspec.ValidationError as error:
        raise ModelFileError(f"{name}: {_sentence(str(error), found)}") from None
    except ValueError as error:
        raise ModelFileError(f"{name}: {error}") from None


class _Head(msgspec.Struct):
    version: Size


#: msgspec's words for what it expected, and a reader's.
_KINDS = {
    "int": "a whole number",
    "`int` >= 1": "a whole number from 1",
    "`int` >= 0": "a whole number from 0",
    "float": "a number",
    "float | null": "a number or nothing",
    "object": "an object",
    "object | null": "an object or nothing",
    "array": "a list",
    "`array` of length >= 1": "a list of at least one",
    "bool": "true or false",
    "str": "a text",
}
_EXPECTED = re.compile(r"Expected (.+?)(?:, got .*?)?(?: - at `\$\.?(.*)`)?", re.DOTALL)
_ENTRY = re.compile(r"Object (missing required|contains unknown) field `(.+?)`", re.DOTALL)
_LOCATED = re.compile(r"(.*) - at `\$\.?.*?`", re.DOTALL)


def _sentence(said: str, found: Any) -> str:
    """What msgspec says, with what came at that place."""
    if entry := _ENTRY.match(said):
        name = printable(entry[2])
        return f"{name} missing" if entry[1].startswith("missing") else f"unexpected {name}"
    if not (match := _EXPECTED.fullmatch(said)):  # our own, from a check of the document
        own = _LOCATED.fullmatch(said)
        return own[1] if own else said
    expected, where = match[1], match[2] or ""
    for step in re.findall(r"[^.\[\]]+", where):
        found = found[int(step)] if isinstance(found, list) else found.get(step)
    kind = _KINDS.get(expected) or _KINDS.get(expected.strip("`"), expected)
    return f"{where or 'the file'}: expected {kind}, got {_shortened(found)}"


def _not_finite(said: str, content: bytes) -> str:
    """The sentence where what is no JSON is NaN or infinity, which other programs write."""
    place = re.search(r"byte (\d+)", said)
    found = re.match(rb"NaN|Infinity", content[int(place[1]) :]) if place else None
    return f"expected finite numbers, got {found[0].decode()}" if found else ""


def with_path(path: str | os.PathLike[str], what: str, action: Callable[[], Any]) -> Any:
    """The action's result. Raises ModelFileError naming the file, for what it refuses."""
    try:
        return action()
    except (TypeError, ValueError, ArithmeticError, KeyError) as error:
        raise ModelFileError(f"{_shown(path)}: {what}: {error}") from None


def _shortened(found: object) -> str:
    """An entry as JSON has it, not too long."""
    shown = "nothing" if found is None else json.dumps(found)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _shown(path: str | os.PathLike[str]) -> str:
    return printable(os.fspath(path))
