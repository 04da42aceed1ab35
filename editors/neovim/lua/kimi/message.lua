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
local function cut(text)
  local room = math.max(20, vim.v.echospace)
  return vim.fn.strdisplaywidth(text) <= room and text or vim.fn.strcharpart(text, 0, room - 1) .. '…'
end

--- Show one sentence; what the last line cannot hold is shown in the corner as well.
---@param text string
---@param kind integer? LSP's MessageType
function M.show(text, kind)
  kind = kind or 3
  if notify_is_replaced() then return vim.notify(text, LEVELS[kind], { title = 'Kimi' }) end
  local line = cut(text)
  vim.api.nvim_echo({ { line, HIGHLIGHTS[kind] } }, true, {})
  if line ~= text then require('kimi.corner').say(text, HIGHLIGHTS[kind], SHOWN_MS) end
end

return M
