--- The server's messages and ours. They come while the user types, so none may ask for a key press.
local M = {}

local LEVELS = { vim.log.levels.ERROR, vim.log.levels.WARN, vim.log.levels.INFO, vim.log.levels.DEBUG }
local HIGHLIGHTS = { 'DiagnosticError', 'DiagnosticWarn' }
local SHOWN_MS = 10000

--- Whether a plugin shows notifications in its own way.
local function notify_is_replaced()
  return not vim.startswith(debug.getinfo(vim.notify, 'S').source, '@vim/')
end

--- As much of a text as the last line of the screen holds.
local function cut(text, room)
  return vim.fn.strdisplaywidth(text) <= room and text or vim.fn.strcharpart(text, 0, room - 1) .. '…'
end

--- Put a text into the history, in pieces that fit: what does not fit asks for a key press, and what is silent is
--- not in the history.
local function remember(text, room, highlight)
  while text ~= '' do
    vim.api.nvim_echo({ { vim.fn.strcharpart(text, 0, room), highlight } }, true, {})
    vim.cmd.redraw()
    text = vim.fn.strcharpart(text, room)
  end
end

--- Show one sentence; what the last line cannot hold is shown in the corner as well, and `:messages` has it whole.
---@param text string
---@param kind integer? LSP's MessageType
function M.show(text, kind)
  kind = kind or 3
  if notify_is_replaced() then return vim.notify(text, LEVELS[kind], { title = 'Kimi' }) end
  local room = math.max(20, vim.v.echospace)
  local line = cut(text, room)
  if line == text then return vim.api.nvim_echo({ { line, HIGHLIGHTS[kind] } }, true, {}) end
  remember(text, math.floor(room / 2), HIGHLIGHTS[kind])
  vim.api.nvim_echo({ { line, HIGHLIGHTS[kind] } }, false, {})
  require('kimi.corner').say(text, HIGHLIGHTS[kind], SHOWN_MS)
end

return M
