--- Shows a file to read: an explanation, a diff, the usage.
local M = {}

--- A window over the middle of the screen, closed by q or <Esc>.
---@param bufnr integer
---@param title string
---@param enter boolean
---@return integer window
function M.float(bufnr, title, enter)
  local lines = vim.api.nvim_buf_get_lines(bufnr, 0, 200, false)
  local longest = vim.fn.strdisplaywidth(title) + 4
  for _, line in ipairs(lines) do
    longest = math.max(longest, vim.fn.strdisplaywidth(line))
  end
  local width, rows = math.min(100, longest, vim.o.columns - 4), 0
  for _, line in ipairs(lines) do
    rows = rows + math.max(1, math.ceil(vim.fn.strdisplaywidth(line) / width))
  end
  local height = math.max(1, math.min(rows, vim.o.lines - 6))
  local window = vim.api.nvim_open_win(bufnr, enter, {
    relative = 'editor', width = width, height = height, style = 'minimal', border = 'rounded',
    row = math.floor((vim.o.lines - height) / 2) - 1, col = math.floor((vim.o.columns - width) / 2),
    title = ' ' .. title .. ' ', title_pos = 'center', zindex = 60,
  })
  vim.wo[window].wrap, vim.wo[window].linebreak = true, true
  vim.wo[window].conceallevel, vim.wo[window].concealcursor = 2, 'n'
  return window
end

--- A buffer that goes with its window.
local function buffer_with(lines, filetype)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].filetype, vim.bo[bufnr].modifiable, vim.bo[bufnr].bufhidden = filetype, false, 'wipe'
  pcall(vim.treesitter.start, bufnr)
  return bufnr
end

local function closed_by_keys(bufnr, window)
  for _, key in ipairs({ 'q', '<Esc>' }) do
    vim.keymap.set('n', key, function() pcall(vim.api.nvim_win_close, window, true) end, { buffer = bufnr, nowait = true })
  end
end

--- Show the file `path`, `how` being 'float' or 'split'. Who is typing keeps typing: the window is then not entered.
---@param path string
---@param how 'float'|'split'
function M.show(path, how)
  local bufnr = buffer_with(vim.fn.readfile(path), vim.filetype.match({ filename = path }) or 'markdown')
  local enter = vim.fn.mode() == 'n' and vim.fn.getcmdwintype() == ''
  local window
  if how == 'split' then
    window = vim.api.nvim_open_win(bufnr, enter, { split = 'right', win = 0 })
    vim.wo[window].wrap, vim.wo[window].linebreak = true, true
  else
    window = M.float(bufnr, vim.bo[bufnr].filetype == 'diff' and 'Kimi: diff' or 'Kimi', enter)
  end
  closed_by_keys(bufnr, window)
end

--- Show lines over the middle of the screen.
---@param lines string[]
function M.lines(lines, title)
  local bufnr = buffer_with(lines, 'text')
  closed_by_keys(bufnr, M.float(bufnr, title, true))
end

return M
