"""Benchmarks: micrograd_like beside its peers, all contenders in one run.

    python -m benchmarks [--workload W1] [--repeats N] [--size N] [--json FILE]

Seconds do not carry over to another machine, ratios nearly do: so every workload runs its
contenders in turns, and the goals are ratios. Before anything is timed, the contenders'
results are compared. A workload is a module that ends with a :class:`harness.Workload`;
``__main__`` lists them.
"""
