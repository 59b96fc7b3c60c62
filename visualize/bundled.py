"""The Graphviz that is bundled with pygraphviz, in a process of its own, which can be stopped.

``python -m visualize.bundled FORMAT`` reads DOT and writes the picture, as ``dot`` does.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Draw what stands on standard input."""
    import pygraphviz

    graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode("utf-8"))
    sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))


if __name__ == "__main__":
    main()
