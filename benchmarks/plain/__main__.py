"""The obvious way: pandas reads CSV, pyplot draws, one template says it, WeasyPrint prints it.

`python -m benchmarks.plain FOLDER FONTS` makes `index.html` and `briefing.pdf` of what `benchmarks.article` wrote.

Written as one would write it without a thought of speed, and without making it slow on purpose:
`constrained_layout`, inline SVG, web fonts, page numbers in cross-references by `target-counter`. It draws each
chart once (the edition has most of them in two cuts), computes no figure, judges none and checks none: what it
takes is a lower bound.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt
import pandas as pd
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from weasyprint import HTML

FACES = {
    "Plain Serif": "BriefSerif-Regular",
    "Plain Sans": "ReporterSans-Regular",
    "Plain Head": "BriefDisplay-Semibold",
}


def chart(path: Path) -> Markup:
    """A line a series; bars where there is one period."""
    table = pd.read_csv(path, dtype={"period": str})
    wide = table.pivot_table(index="period", columns="title", values="value", sort=True) / table["value"].abs().max()
    figure, axes = plt.subplots(figsize=(6.7, 3.4), constrained_layout=True)
    if len(wide) == 1:
        axes.barh([str(name) for name in wide.columns], wide.iloc[0])
    else:
        for name in wide.columns:
            line = wide[name].dropna()
            axes.plot(line.index, line, label=str(name))
        axes.set_xticks(range(0, len(wide), max(len(wide) // 8, 1)))
        axes.legend(fontsize=6, loc="upper left", bbox_to_anchor=(1, 1))
    axes.grid(alpha=0.3)
    out = io.StringIO()
    figure.savefig(out, format="svg")
    plt.close(figure)
    svg = out.getvalue()
    return Markup(svg[svg.index("<svg") :])  # noqa: S704 -- matplotlib escapes its text


def main(folder: Path, fonts: Path) -> None:
    """Make the page and the PDF."""
    article = json.loads((folder / "article.json").read_text("utf-8"))
    observations = pd.read_csv(folder / "data" / "observations.csv", dtype={"period": str})
    ids = observations["series"] + "@" + observations["period"] + "@" + observations["vintage"]
    keys = [block["key"] for held in article["sections"] for block in held["blocks"] if block["kind"] == "chart"]
    html = (
        Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
        .get_template("page.html.j2")
        .render(
            article=article,
            charts={key: chart(folder / "data" / f"{key}.csv") for key in keys},
            values=dict(zip(ids, observations["value"], strict=True)),
            faces={family: (fonts / f"{name}.woff2").as_uri() for family, name in FACES.items()},
        )
    )
    (folder / "index.html").write_text(html, encoding="utf-8")
    HTML(string=html, base_url=str(folder)).write_pdf(folder / "briefing.pdf", pdf_variant="pdf/ua-1")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
