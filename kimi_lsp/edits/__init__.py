"""From tool calls to verified replacements. No I/O."""
