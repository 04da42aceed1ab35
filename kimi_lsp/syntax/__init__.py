"""What tree-sitter knows of a text. The only importer of tree_sitter. No I/O."""
