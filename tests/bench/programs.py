"""Runs programs under measurement, with their output and memory, and finds out how they were built."""

import json
import os
import re
import shlex
import subprocess
import tempfile
import time


class Failure(Exception):
    """One sentence for the person at the keyboard."""


def _peaks(process_id):
    """Peak resident bytes of a process so far, and how many of them are its own now (not a file's); None when it
    has ended. (ru_maxrss would not do: it begins with the size of the process that forked, which is ours.)"""
    try:
        with open(f"/proc/{process_id}/status", encoding="ascii", errors="replace") as file:
            fields = dict(re.findall(r"^(VmHWM|RssAnon):\s+(\d+) kB$", file.read(), re.MULTILINE))
    except OSError:
        return None
    return (int(fields["VmHWM"]) * 1024, int(fields["RssAnon"]) * 1024) if len(fields) == 2 else None


def run(command):
    """Runs a program to its end: its standard output, and {"resident", "own"} in bytes. Its memory is looked up often
    at first, for programs that end soon, and then 50 times a second."""
    started = time.monotonic()
    memory = {"resident": 0, "own": 0}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(command, stdout=output, stderr=errors, stdin=subprocess.DEVNULL)
        except OSError as error:
            raise Failure(f"{command[0]} cannot be started: {error.strerror}") from error
        while process.poll() is None:
            peaks = _peaks(process.pid)
            if peaks:
                memory = {"resident": peaks[0], "own": max(memory["own"], peaks[1])}
            time.sleep(min(0.02, 0.001 + (time.monotonic() - started) / 10))
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            lines = errors.read().decode(errors="replace").strip().splitlines()
            raise Failure(f"{shlex.join(command)} ended with status {process.returncode}: "
                          f"{lines[-1] if lines else 'no message'}")
        return output.read().decode(), memory


def run_json(command):
    output, memory = run(command)
    try:
        return json.loads(output), memory
    except ValueError as error:
        raise Failure(f"{shlex.join(command)} did not print JSON: {error}") from error


def find(folder, name):
    """The program in a build directory, whose programs lie in bin/ or in the directory itself."""
    for place in (os.path.join(folder, "bin", name), os.path.join(folder, name)):
        if os.path.isfile(place):
            return place
    raise Failure(f"{folder} has no {name}; give a build directory")


def _first_line(command):
    try:
        lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
        return lines[0].strip() if lines else "unknown"
    except OSError:
        return "unknown"


def cache_entry(folder, key):
    """An entry of a build directory's CMakeCache.txt, or None."""
    try:
        with open(os.path.join(folder, "CMakeCache.txt"), encoding="utf-8") as file:
            found = re.search(rf"^{key}:\w+=(.*)$", file.read(), re.MULTILINE)
    except OSError:
        return None
    return found.group(1) if found else None


def _compile_flags(folder, source):
    """The flags that decide about speed, of the command that compiles a source file."""
    try:
        with open(os.path.join(folder, "compile_commands.json"), encoding="utf-8") as file:
            commands = json.load(file)
    except (OSError, ValueError):
        return "unknown flags"
    for entry in commands:
        if entry["file"].endswith(source):
            words = shlex.split(entry["command"])
            return " ".join(word for word in words if re.match(r"-(O|m|ffast|ffp|fopenmp|DNDEBUG)", word))
    return "unknown flags"


def _commit(home):
    """The commit of a checkout, or what llama.cpp's sources say of themselves where they are a copy."""
    commit = _first_line(["git", "-C", home, "log", "-1", "--format=%h of %cs"])
    if commit != "unknown":
        return commit
    try:
        with open(os.path.join(home, "common", "build-info.cpp"), encoding="utf-8") as file:
            found = re.search(r"LLAMA_BUILD_NUMBER = (\d+);\s.*LLAMA_COMMIT = \"(\w+)\"", file.read())
    except OSError:
        found = None
    return f"b{found.group(1)}, {found.group(2)}" if found else "unknown"


def describe_build(folder, source):
    """Commit, compiler and flags of a CMake build directory; `source` is the end of a source's path, or a tuple of ends."""
    home = cache_entry(folder, "CMAKE_HOME_DIRECTORY") or folder
    compiler = cache_entry(folder, "CMAKE_CXX_COMPILER")
    return {"commit": _commit(home),
            "compiler": _first_line([compiler, "--version"]) if compiler else "unknown",
            "build_type": cache_entry(folder, "CMAKE_BUILD_TYPE") or "unknown",
            "flags": _compile_flags(folder, source)}


def _mount(folder):
    """Type and options of the file system that holds a folder."""
    folder = os.path.realpath(folder)
    try:
        with open("/proc/self/mounts", encoding="utf-8") as file:
            mounts = [line.split()[1:4] for line in file]
    except OSError:
        return "an unknown file system", []
    holding = [mount for mount in mounts if os.path.commonpath([folder, mount[0]]) == mount[0]]
    _, kind, options = max(holding, key=lambda mount: len(mount[0]))
    return kind, options.split(",")


def pages(folder):
    """A sentence on what decides how large the pages are: the file system of the models, and the kernel's setting."""
    kind, options = _mount(folder)
    huge = [option for option in options if option.startswith("huge=")]
    try:
        with open("/sys/kernel/mm/transparent_hugepage/enabled", encoding="ascii") as file:
            setting = re.search(r"\[(\w+)\]", file.read()).group(1)
    except OSError:
        setting = "unknown"
    return (f"Model files lie on {' with '.join([kind, *huge])}; "
            f"the kernel's setting of transparent huge pages is \"{setting}\".")


def processor():
    """Name and number of processors, as Linux reports them."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            found = re.search(r"^(?:model name|Model)\s*:\s*(.*)$", file.read(), re.MULTILINE)
    except OSError:
        found = None
    return f"{found.group(1) if found else os.uname().machine}, {os.cpu_count()} processors"
