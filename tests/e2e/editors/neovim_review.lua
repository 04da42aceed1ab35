-- nvim --clean --headless -l neovim_review.lua EDITORS PYTHON FILE: a review's findings as Neovim shows them.
local editors, python, file = arg[1], arg[2], arg[3]
vim.opt.runtimepath:append(editors .. '/neovim')
vim.lsp.config('kimi', { cmd = { python, '-m', 'kimi_lsp', '--stdio' } })
vim.lsp.enable('kimi')
vim.o.swapfile = false
vim.cmd('filetype on')

local seen = {}
local wanted
local function wait(condition) return vim.wait(15000, condition, 20) end
local function found()
  local texts = {}
  for _, one in ipairs(vim.diagnostic.get(0)) do
    table.insert(texts, {
      text = vim.api.nvim_buf_get_text(0, one.lnum, one.col, one.end_lnum, one.end_col, {})[1],
      message = one.message, source = one.source,
    })
  end
  return texts
end
vim.ui.select = function(items, options, choose)
  seen.titles = {}
  for index, item in ipairs(items) do
    local title = options.format_item(item)
    table.insert(seen.titles, title)
    if title:find(wanted, 1, true) then choose(items[index], index) end
  end
end
local function run(title)
  wanted, seen.titles = title, nil
  vim.lsp.buf.code_action()
  return wait(function() return seen.titles ~= nil end)
end

vim.cmd.edit(file)
wait(function()
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'kimi' })[1]
  return client ~= nil and client.initialized
end)
vim.api.nvim_win_set_cursor(0, { 5, 10 })
run('Kimi: Review')
wait(function() return #vim.diagnostic.get(0) == 2 end)
seen.found = found()
vim.api.nvim_buf_set_lines(0, 0, 0, false, { '# 😀' })
vim.wait(1000)
seen.moved = found()
vim.api.nvim_win_set_cursor(0, { 6, 40 })
run('Kimi: Fix')
seen.fixes = seen.titles
wait(function() return #vim.diagnostic.get(0) == 1 end)
seen.left = found()
run('Kimi: Clear review')
seen.cleared = wait(function() return #vim.diagnostic.get(0) == 0 end)
io.stdout:write(vim.json.encode(seen))
for _, client in ipairs(vim.lsp.get_clients()) do client:stop() end
vim.wait(3000, function() return #vim.lsp.get_clients() == 0 end, 20)
os.exit(0)
