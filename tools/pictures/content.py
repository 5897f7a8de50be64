"""Everything that tools/pictures/draw writes, as path and text: pictures, and the parts of pages between marks."""

import json
import pathlib
import re
import subprocess
import sys

import charts
import curves
import diagrams
import terminal

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bench"))
import compare_servers  # noqa: E402
import comparison  # noqa: E402

RESULTS = ROOT / "tests/bench/results"
BENCH_PAGE = ROOT / "tests/bench/README.md"
# The tables of its page, by the names of their marks. Charts and README show the first.
TABLES = {"table": "decode.json", "table-huge-pages": "decode_huge_pages.json",
          "table-default-heads": "decode_default_heads.json", "table-ik": "decode_ik.json"}
SERVERS = RESULTS / "servers.json"
WITHOUT_CACHE = RESULTS / "without_cache.json"
BOARD = "cortex-m7"
MODEL = ROOT / "tools/demo-model/storyteller.ringlet"
# The demonstration's settings (ports/firmware/CMakeLists.txt).
SETTINGS = ("--context", "128", "--kv", "int8", "--prefill-chunk", "8", "--longest-word", "64")


def board(program):
    """What the bundled model takes on a board: the library's budget, the file, the plan."""
    budgets = (ROOT / "tests/firmware/footprint.txt").read_text(encoding="utf-8")
    library = int(re.search(rf"^{BOARD}\s+(\d+)", budgets, re.MULTILINE)[1])
    plan = subprocess.run([program, "plan", MODEL, *SETTINGS, "--json"], capture_output=True, text=True, check=True)
    return [("Flash, library", library), ("Flash, model", MODEL.stat().st_size),
            ("RAM, all of it", json.loads(plan.stdout)["ram_bytes"])]


def listed(words):
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]


def summary(document):
    """The sentences of README below the charts."""
    results = charts.chosen(document)
    peer = bool(document["llama.cpp"])
    alone = [result for (_, kind, threads), result in results.items() if (kind, threads) == ("int4", 1)]
    words = []
    for result in alone:
        ours = charts.short(charts.middle(result["ringlet"], "speed"))
        beside = f" (llama.cpp {charts.short(charts.middle(result['llama.cpp'], 'speed'))})" if peer else ""
        words.append(f"{ours}{beside} with {charts.parameters(result['shape'])}")
    sentences = [f"Tokens per second on one thread with INT4 weights: {listed(words)}."]
    if peer:
        ratios = [comparison.ratio(result) for result in results.values()]
        sentences.append(f"Over these {len(ratios)} cases Ringlet is {min(ratios):.2f} to {max(ratios):.2f} times as fast.")
    if document.get("provisional"):
        sentences.append(f"These figures are provisional: {document['provisional']}.")
    return "\n".join(sentences)


def table(document):
    rows = [comparison.line(comparison.row(result)) for result in document["results"]]
    return "\n".join([comparison.head(document), *rows])


def between_marks(page, name, text):
    """The page with new text between <!-- begin NAME … --> and <!-- end NAME -->."""
    pattern = re.compile(rf"(<!-- begin {name}\b[^>]*-->\n).*?(<!-- end {name} -->)", re.DOTALL)
    if len(pattern.findall(page)) != 1:
        raise RuntimeError(f"a page needs the marks of {name} once")
    return pattern.sub(lambda found: found[1] + text + "\n" + found[2], page)


def bench_page():
    page = BENCH_PAGE.read_text(encoding="utf-8")
    for name, samples in TABLES.items():
        page = between_marks(page, name, table(comparison.read(RESULTS / samples)))
    return between_marks(page, "table-servers", compare_servers.table(comparison.read(SERVERS)))


def files(program):
    document = comparison.read(RESULTS / TABLES["table"])
    readme = ROOT / "README.md"
    pictures = ROOT / "tools/pictures"
    return {pictures / "demo.svg": terminal.draw(program),
            pictures / "speed.svg": charts.speed(document),
            pictures / "memory.svg": charts.memory(document, board(program)),
            pictures / "without_cache.svg": curves.without_cache(comparison.read(WITHOUT_CACHE)),
            pictures / "kept.svg": diagrams.kept(),
            pictures / "ring.svg": diagrams.ring(),
            pictures / "rows.svg": diagrams.rows(),
            readme: between_marks(readme.read_text(encoding="utf-8"), "speed", summary(document)),
            BENCH_PAGE: bench_page()}
