import re
import subprocess

from micrograd_like.graph import NamedGraph
from micrograd_like.notation import name_text, number


def svg(ws, places=4):
    g = NamedGraph(list(ws.names.values()))
    out = [
        "digraph{rankdir=LR;bgcolor=transparent;node[shape=box,fontname=Helvetica,fontsize=11];edge[fontname=Helvetica,fontsize=10]"
    ]
    for n, v in g.values.items():
        out.append(f'"{n}"[label="{name_text(n)}\\n{number(v, places)}"]')
    for (u, n), p in g.partials.items():
        out.append(f'"{n}"->"{u}"[label="{number(p, 2)}"]')
    t = subprocess.run(
        ["dot", "-Tsvg"], input="\n".join(out) + "}", text=True, capture_output=True
    ).stdout
    t = t[t.index("<svg") :]
    t = re.sub(
        r'<g id="node\d+" class="node">\s*<title>(.*?)</title>',
        lambda m: f'<g class="node" data-name="{m[1]}">',
        t,
    )
    t = re.sub(
        r'<g id="edge\d+" class="edge">\s*<title>(.*?)&#45;&gt;(.*?)</title>',
        lambda m: f'<g class="edge" data-from="{m[1]}" data-to="{m[2]}">',
        t,
    )
    return t
