"""What a comparison measured: the document that --json writes, and the table that is made of it.

A document has "measured" (the date), "machine", "options", "ringlet" and "llama.cpp" (what was built, by name of the
build), and "results": for each shape, type of weights, number of threads and build the samples of both programs.
"provisional" says in words why the figures will be replaced. Without builds of llama.cpp its samples are missing.
"""

import datetime
import json
import statistics

import models
import programs

HEADINGS = ["shape", "weights", "threads", "ours", "theirs", "ours in", "ours tok/s", "theirs tok/s", "ratio",
            "ours of bandwidth", "ours MiB (own)", "theirs MiB (own)"]
NOTHING = "–"


def median(samples, key):
    return statistics.median(sample[key] for sample in samples)


def ratio(result):
    """Ours over theirs within each pair of neighbouring runs; the median of the pairs."""
    pairs = zip(result["ringlet"], result["llama.cpp"])
    return statistics.median(ours["speed"] / theirs["speed"] for ours, theirs in pairs)


def mebibytes(resident, own):
    """Peak resident size, and how much of it is the process's own and not the model file's pages."""
    return f"{resident / 2**20:.0f} ({own / 2**20:.0f})"


def place(samples):
    """Where our program read the weights last: in the file's pages or in its copy, and whether most of them are huge."""
    last = samples[-1]
    if "weights" not in last:
        return NOTHING
    return f"{last['weights']}, {'huge' if last['huge_pages'] > 0.5 else 'small'}"


def row(result):
    ours, theirs = result["ringlet"], result["llama.cpp"]
    memory = result["ringlet_memory"]
    return [result["shape"], f"{result['type']} / {models.TYPES[result['type']]}", str(result["threads"]),
            ours[0]["isa"], result["build"] or NOTHING, place(ours), f"{median(ours, 'speed'):.1f}",
            f"{median(theirs, 'speed'):.1f}" if theirs else NOTHING, f"{ratio(result):.2f}" if theirs else NOTHING,
            f"{100 * median(ours, 'bandwidth'):.0f} %", mebibytes(memory["resident"], memory["own"]),
            mebibytes(median(theirs, "resident"), median(theirs, "own")) if theirs else NOTHING]


def line(cells):
    return "| " + " | ".join(cells) + " |"


def builds(document):
    """What was compiled, and how: a line for each program."""
    ours = document["ringlet"]
    lines = [f"- Ringlet {ours['commit']}: {ours['compiler']}, {ours['build_type']}, {ours['flags']} "
             "(kernels add their instruction set)"]
    for name, theirs in document["llama.cpp"].items():
        lines.append(f"- llama.cpp, build {name}, {theirs['commit']}: {theirs['compiler']}, {theirs['build_type']}, "
                     f"{theirs['flags']}")
    return lines


def head(document):
    """How the figures were obtained, before the table."""
    options = document["options"]
    alternating, peer = ("alternating ", ", llama.cpp's f16") if document["llama.cpp"] else ("", "")
    lines = [f"{document['machine']}, {document['measured']}. Decoding {options['tokens']} tokens from an empty cache,\n"
             f"{options['repeats']} {alternating}runs, medians. Our cache is {options['kv']}{peer}.\n"]
    if options.get("head") == "default":
        lines[0] += "Embedding and head are as each converter makes them.\n"
    if document.get("pages"):
        lines.append(f"{document['pages']}\n")
    if document.get("provisional"):
        lines.append(f"Provisional: {document['provisional']}.\n")
    return "\n".join(lines + builds(document) + ["", line(HEADINGS), "|---" * len(HEADINGS) + "|"])


def describe(options):
    """A document without results."""
    document = {"measured": datetime.date.today().isoformat()}
    if options.provisional:
        document["provisional"] = options.provisional
    return {**document, "machine": programs.processor(),
            "pages": programs.pages(options.cache),
            "options": {"tokens": options.tokens, "repeats": options.repeats, "kv": options.kv, "head": options.head},
            "ringlet": programs.describe_build(options.ringlet, "runtime/decoder/decoder.cpp"),
            "llama.cpp": {build["name"]: programs.describe_build(build["folder"], ("ggml-cpu/ggml-cpu.c", "src/ggml.c"))
                          for build in options.llama},
            "results": []}


def write(path, document):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)
