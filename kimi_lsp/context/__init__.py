"""From a cursor to a prompt. No I/O."""
