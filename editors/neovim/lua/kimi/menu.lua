--- Kimi's code actions alone, asked for with every server's diagnostics.
local M = {}

local client_of = require('kimi.client')
local target = require('kimi.target')

local function carry_out(client, bufnr, action)
  if action.edit then
    local declined = require('kimi.edit').apply(action.edit, client)
    if declined then return require('kimi.message').show('Kimi: ' .. declined, 2) end
  end
  local command = type(action.command) == 'table' and action.command or action
  if type(command.command) ~= 'string' then return end
  client_of.request(client, 'workspace/executeCommand', { command = command.command, arguments = command.arguments }, bufnr)
end

--- Let the user choose among what the server offers.
---@param wish { lines: { first: integer, last: integer }? }?
function M.open(wish)
  local bufnr = vim.api.nvim_get_current_buf()
  local client, why = client_of.of(bufnr)
  if not client then return require('kimi.message').show('Kimi: ' .. why, 2) end
  local range = target.range(client, bufnr, wish and wish.lines)
  local diagnostics = target.diagnostics(client, bufnr, range)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    range = range,
    context = { diagnostics = diagnostics, triggerKind = 1 },
  }
  client_of.request(client, 'textDocument/codeAction', params, bufnr, function(entries)
    if not entries or #entries == 0 then return require('kimi.message').show('Kimi: nothing to offer here.') end
    local options = { prompt = 'Kimi:', kind = 'codeaction', format_item = function(entry) return (entry.title:gsub('^Kimi: ', '')) end }
    vim.ui.select(entries, options, function(entry)
      if entry then carry_out(client, bufnr, entry) end
    end)
  end)
end

return M
