"""What compare_browser.py measured: the document that --json writes, and the table that is made of it.

A document has "measured" (the date), "machine", "options", "ringlet" (the native build), "package" (the build of our npm
package), "browser", "wllama" (its version and its build of llama.cpp, or None) and "results": for each model the samples
of our package ("ringlet"), of each native instruction set ("native") and of wllama ("wllama"). Samples with the same
number were taken one after the other.
"""

import datetime
import statistics

import comparison
import programs


def ratio(ours, theirs):
    """Ours over theirs within each round; the median of the rounds."""
    return statistics.median(mine["speed"] / other["speed"] for mine, other in zip(ours, theirs))


def headings(isas):
    return ["model", "browser tok/s", *(text for isa in isas for text in (f"{isa} tok/s", f"of {isa}")),
            "wllama tok/s", "of wllama"]


def _pair(ours, theirs):
    return [f"{comparison.median(theirs, 'speed'):.1f}", f"{ratio(ours, theirs):.2f}"]


def row(result):
    ours = result["ringlet"]
    cells = [result["model"], f"{comparison.median(ours, 'speed'):.1f}"]
    for samples in result["native"].values():
        cells += _pair(ours, samples)
    return cells + (_pair(ours, result["wllama"]) if result["wllama"] else [comparison.NOTHING] * 2)


def head(document):
    """How the figures were obtained, before the table."""
    options, ours, package = document["options"], document["ringlet"], document["package"]
    lines = [f"{document['machine']}, {document['measured']}, {document['browser']}. Decoding {options['tokens']} tokens with "
             f"one thread,\n{options['repeats']} rounds of alternating runs, medians. All caches are {options['kv']}.\n"]
    if document.get("provisional"):
        lines.append(f"Provisional: {document['provisional']}.\n")
    lines += [f"- browser: our package of {package['commit']}: {package['compiler']}, {package['build_type']}",
              f"- native: Ringlet {ours['commit']}: {ours['compiler']}, {ours['build_type']}, {ours['flags']}"]
    if document["wllama"]:
        theirs = document["wllama"]
        lines.append(f"- wllama {theirs['version']} with llama.cpp {theirs['llama.cpp']}, {theirs['threads']} thread, Q4_0")
    cells = headings(options["isa"])
    return "\n".join(lines + ["", comparison.line(cells), "|---" * len(cells) + "|"])


def describe(options, browser):
    """A document without results."""
    document = {"measured": datetime.date.today().isoformat()}
    if options.provisional:
        document["provisional"] = options.provisional
    return {**document, "machine": programs.processor(), "browser": browser,
            "options": {"tokens": options.tokens, "repeats": options.repeats, "kv": options.kv, "isa": options.isa},
            "ringlet": programs.describe_build(options.ringlet, "runtime/decoder/decoder.cpp"),
            "package": programs.describe_build(options.wasm, "runtime/decoder/decoder.cpp"),
            "wllama": None, "results": []}
