-- For vim.lsp.enable('kimi'), Neovim 0.11 and later; what setup() was told is in it.
return require('kimi.client').config()
