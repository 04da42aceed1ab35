--- A small window in the corner of the screen, never entered: running jobs, and sentences that are too long to echo.
local M = {}

local WIDTH = 60
local entries = {} ---@type { key: any, text: string, highlight: string }[]
local window, buffer ---@type integer?, integer?

--- `text` cut into lines no wider than WIDTH.
local function wrapped(text)
  local lines, line = {}, ''
  for word in text:gmatch('%S+') do
    if line ~= '' and vim.fn.strdisplaywidth(line .. ' ' .. word) > WIDTH then
      table.insert(lines, line)
      line = word
    else
      line = line == '' and word or line .. ' ' .. word
    end
  end
  table.insert(lines, line)
  return lines
end

local function close()
  if window and vim.api.nvim_win_is_valid(window) then vim.api.nvim_win_close(window, true) end
  window = nil
end

--- Write the entries into the buffer; gives the size of what was written.
local function write()
  if not (buffer and vim.api.nvim_buf_is_valid(buffer)) then buffer = vim.api.nvim_create_buf(false, true) end
  local lines, highlights, width = {}, {}, 1
  for _, entry in ipairs(entries) do
    for _, line in ipairs(wrapped(entry.text)) do
      table.insert(lines, ' ' .. line .. ' ')
      table.insert(highlights, entry.highlight)
      width = math.max(width, vim.fn.strdisplaywidth(lines[#lines]))
    end
  end
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  local namespace = vim.api.nvim_create_namespace('kimi.corner')
  for row, highlight in ipairs(highlights) do
    vim.api.nvim_buf_set_extmark(buffer, namespace, row - 1, 0, { line_hl_group = highlight })
  end
  return width, #lines
end

local function draw()
  if #entries == 0 then return close() end
  local width, height = write()
  local place = {
    relative = 'editor', anchor = 'SE', row = vim.o.lines - vim.o.cmdheight - 1, col = vim.o.columns,
    width = math.min(width, vim.o.columns), height = math.min(height, math.max(1, vim.o.lines - 4)),
    style = 'minimal', focusable = false, zindex = 40,
  }
  if window and vim.api.nvim_win_is_valid(window) then return vim.api.nvim_win_set_config(window, place) end
  place.noautocmd = true
  window = vim.api.nvim_open_win(buffer, false, place)
end

--- A redraw may come where windows cannot be opened (a command-line window): then it is done later.
local function draw_when_possible()
  if vim.fn.getcmdwintype() ~= '' then return vim.defer_fn(draw_when_possible, 200) end
  draw()
end

--- Show `text` under `key`, in place of what was there; nil takes it away.
---@param key any
---@param text string?
---@param highlight string?
function M.set(key, text, highlight)
  for index, entry in ipairs(entries) do
    if entry.key == key then
      if text then
        entries[index] = { key = key, text = text, highlight = highlight or 'NormalFloat' }
      else
        table.remove(entries, index)
      end
      return draw_when_possible()
    end
  end
  if text then
    table.insert(entries, { key = key, text = text, highlight = highlight or 'NormalFloat' })
    draw_when_possible()
  end
end

--- Show `text` for a while, in place of what `key` showed.
---@param milliseconds integer
---@param key any?
function M.say(text, highlight, milliseconds, key)
  local mine = {}
  if key then M.set(key, nil) end
  M.set(mine, text, highlight)
  vim.defer_fn(function() M.set(mine, nil) end, milliseconds)
end

return M
