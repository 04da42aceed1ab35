-- kimi-lsp for Neovim 0.11 and later: put this folder on the runtime path, then vim.lsp.enable('kimi').
return {
  cmd = { 'kimi-lsp', '--stdio' },
  filetypes = {
    'python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'rust', 'go', 'java', 'c', 'cpp',
  },
  root_markers = { '.git', 'pyproject.toml', 'package.json', 'Cargo.toml', 'go.mod', 'pom.xml', 'CMakeLists.txt' },
}
