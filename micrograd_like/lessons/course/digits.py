"""Handwritten digits: ten classes, and what a network misreads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from micrograd_like import losses
from micrograd_like.lessons.held_out import cut_short, loss_curves, record, scikit_learn, scores
from micrograd_like.lessons.outcome import Outcome, try_next, uninterrupted
from micrograd_like.lessons.pictures import Curves, Images, Picture
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.nn import MLP
from micrograd_like.notation import formatted, number
from micrograd_like.optim import Adam
from micrograd_like.training import History, fit, largest
from micrograd_like.writers.blocks import Block, Heading, Sentence

#: Of the images, the share that is not trained on.
HELD_OUT = 0.25
_SHOWN = 10

#: An image, the digit it is, and the one that it was read as.
Misread = tuple[list[float], int, int]


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    seed: int = setting(0, "Other images held out, other starting weights.", least=0)
    epochs: int = setting(40, "Passes over the images.", least=1, most=1_000_000)
    rate: float = setting(0.003, "Adam's rate.", above=0)
    hidden: int = setting(32, "Hidden neurons.", least=1, most=1000)


@lesson(
    "Handwritten digits, 8×8: ten classes, the compiled program.",
    order=80,
    settings=Settings,
    by_hand=False,
)
def digits(settings: Settings) -> Outcome:
    """1,797 handwritten digits of 8×8 pixels, a quarter of each digit held out."""
    seed, epochs, rate, hidden = settings.seed, settings.epochs, settings.rate, settings.hidden
    with scikit_learn():
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    images, names = load_digits(return_X_y=True)
    one_hot = [[float(name == n) for n in range(10)] for name in names]
    x, x_out, y, y_out = train_test_split(
        (images / 16).tolist(),
        one_hot,
        test_size=HELD_OUT,
        stratify=names,
        random_state=seed % 2**32,
    )
    net = MLP(64, [hidden, 10], activation="tanh", seed=seed)
    history = fit(
        net,
        x,
        y,
        optimizer=Adam(net.parameters(), rate),
        loss=losses.cross_entropy_with_logits,
        epochs=epochs,
        batch_size=32,
        seed=seed,
        correct=largest,
        held_out=(x_out, y_out),
        compiled=True,
    )
    if not history.epochs:
        uninterrupted(history)
    misread: list[Misread] = []
    for image, target in zip(x_out, y_out, strict=True):
        outputs = [out.data for out in net(image)]
        if not largest(outputs, target):
            misread.append((image, target.index(1.0), outputs.index(max(outputs))))
    numbers = {
        **record(history),
        "held_out": len(x_out),
        "misread": [{"is": truth, "read": read} for _, truth, read in misread],
    }
    pictures: list[Picture] = [
        Curves("Loss", "cross-entropy", loss_curves(history), logarithmic=True)
    ]
    if misread:
        pictures.append(_images(misread[:_SHOWN]))
    interrupted = history.end == "interrupted"
    said = _said(settings, history, misread, len(x), len(x_out), len(net.parameters()))
    return Outcome(said, numbers, pictures, interrupted=interrupted)


def _said(
    settings: Settings,
    history: History,
    misread: list[Misread],
    images: int,
    count: int,
    parameters: int,
) -> list[Block]:
    pairs = Counter((truth, read) for _, truth, read in misread).most_common(3)
    confused = ", ".join(f"{truth} as {read} ({count})" for (truth, read), count in pairs)
    return [
        Heading("Handwritten digits", level=1),
        Sentence(
            f"{images} images of 8×8 pixels to learn from and {count} held out. The network is "
            f"64-{settings.hidden}-10, {parameters} parameters; the largest output is the digit "
            "read. Trained 32 at a time with Adam at the rate "
            f"{number(settings.rate)}, through the compiled program."
        ),
        Heading("Learning"),
        scores(
            {
                f"epoch {n}": history.epochs[n - 1]
                for n in sorted({1, 2, 5, 10, 20, len(history.epochs)})
                if n <= len(history.epochs)
            }
        ),
        Heading("Result"),
        Sentence(
            f"{cut_short(history)}{count - len(misread)} of {count} images held out are read "
            "right, "
            f"{formatted(1 - len(misread) / count, '.2%')}."
            + (f" Most often misread: {confused}." if confused else "")
        ),
        *try_next(
            "micrograd-like lessons digits --hidden 8: how few hidden neurons will do?",
            "--plot digits.png shows the images that were misread.",
        ),
    ]


def _images(misread: list[Misread]) -> Images:
    squares = [[image[8 * row : 8 * row + 8] for row in range(8)] for image, _, _ in misread]
    captions = [f"{truth} read as {read}" for _, truth, read in misread]
    return Images("Misread", squares, captions)
