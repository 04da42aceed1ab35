(svelte_raw_text) @injection.expression
