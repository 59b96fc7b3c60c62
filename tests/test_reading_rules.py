"""Every rule of the reader is worth something: without it its example comes out otherwise."""

from __future__ import annotations

import pytest

from benchmarks.reading_rules import RULES, Rule, report, verdicts


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_matters(rule: Rule) -> None:
    on = verdicts(rule.example)
    with rule.switched_off():
        off = verdicts(rule.example)
    assert off != on
    # It is on again behind the context, and with it nothing that is right is accused.
    assert verdicts(rule.example) == on
    assert not {"wrong", "unreadable"} & {*on}


def test_the_table_has_a_line_for_every_rule() -> None:
    lines = list(report(["x = 2\nq = 2x\n= 4"], RULES[:3]))
    assert [line[:36].strip() for line in lines[2:]] == [rule.name for rule in RULES[:3]]
    assert "·" in lines[2]
