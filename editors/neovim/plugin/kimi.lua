if vim.g.loaded_kimi or vim.fn.has('nvim-0.10') == 0 then return end
vim.g.loaded_kimi = true

vim.api.nvim_create_user_command('Kimi', function(invocation) require('kimi.command').run(invocation) end, {
  nargs = '*',
  range = true,
  bang = true,
  complete = function(lead, line) return require('kimi.command').complete(lead, line) end,
  desc = 'Ask Kimi to fix, refactor, explain, ...',
})

if vim.g.kimi_autostart ~= false then require('kimi.client').enable() end
