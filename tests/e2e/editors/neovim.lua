-- nvim --clean --headless -l neovim.lua EDITORS PYTHON FILE: prints a JSON object of what was seen.
local editors, python, file = arg[1], arg[2], arg[3]
vim.opt.runtimepath:append(editors .. '/neovim')
vim.lsp.config('kimi', { cmd = { python, '-m', 'kimi_lsp', '--stdio' } })
vim.lsp.enable('kimi')
vim.o.swapfile = false
vim.cmd('filetype on')

local seen = { progress = {}, titles = {} }
vim.api.nvim_create_autocmd('LspProgress', {
  callback = function(event)
    local value = event.data.params.value
    table.insert(seen.progress, value.kind .. ': ' .. (value.message or value.title or ''))
  end,
})
local function text() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') .. '\n' end
local function wait(condition) return vim.wait(15000, condition, 20) end

vim.cmd.edit(file)
seen.attached = wait(function()
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'kimi' })[1]
  return client ~= nil and client.initialized
end)
local before = text()
vim.api.nvim_win_set_cursor(0, { 5, 10 })
vim.ui.select = function(items, options, choose)
  for index, item in ipairs(items) do
    local title = options.format_item(item)
    table.insert(seen.titles, title)
    if title:find('Kimi: Refactor', 1, true) then choose(items[index], index) end
  end
end
vim.lsp.buf.code_action()
seen.applied = wait(function() return text() ~= before end)
seen.after = text()
seen.ended = wait(function() return #seen.progress > 0 and vim.startswith(seen.progress[#seen.progress], 'end') end)
vim.cmd('silent undo')
seen.undone = text() == before
vim.cmd('silent redo')
seen.on_disk = table.concat(vim.fn.readfile(file), '\n') .. '\n' == before
io.stdout:write(vim.json.encode(seen))
for _, client in ipairs(vim.lsp.get_clients()) do client:stop() end
vim.wait(3000, function() return #vim.lsp.get_clients() == 0 end, 20)
os.exit(0)
