"""``python -m tests.benchmarks NAME``: each prints ratios of one run; timings on this machine are noisy."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = {
    "start": "from spawn to the initialize answer, beside a bare pygls server",
    "typing": "500 changes and a codeAction, beside a bare pygls server",
    "arguments": "64 KB of arguments in 4-byte fragments",
    "edits": "exact and damaged edits over a 1 MB file, beside other libraries",
    "cache": "the share of the input that the provider caches: in a job, and across ten",
    "command": "from executeCommand to applyEdit, the model's own time taken off",
    "menu": "codeAction and hover on 2,000 lines with 200 diagnostics, also beside a running job",
    "code": "the index of site-packages, beside ctags and aider; keys and menus, beside tabby-agent",
    "streams": "CPU per chunk, beside the openai package's own stream",
}


def main(argv: list[str]) -> int:
    """Run the named benchmark."""
    if not argv or argv[0] not in BENCHMARKS:
        print("usage: python -m tests.benchmarks NAME [OPTIONS]\n")
        for name, what in BENCHMARKS.items():
            print(f"  {name:<10} {what}")
        return 2
    module = importlib.import_module(f"tests.benchmarks.{argv[0]}")
    return int(module.main(argv[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
