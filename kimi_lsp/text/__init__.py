"""Documents as values: spans, lines, snapshots, replacements, rebase. No I/O."""
