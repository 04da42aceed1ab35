--- What can be asked for, and how the server is told.
local M = {}

local client_of = require('kimi.client')
local target = require('kimi.target')

--- The actions that the server has, in the order of its menu.
M.IDS = {
  'fix', 'fixAll', 'instruct', 'refactor', 'simplify', 'addTypes', 'implement', 'document', 'test', 'explain',
  'explainProblem', 'review', 'image', 'custom',
}
--- Those that are about problems: they are told all of the line or the file, the nearest first.
local ABOUT_PROBLEMS = { fix = true, fixAll = true, explainProblem = true }

--- What the job is called, where the user has said what is wanted; else the server names it.
local function title_of(action, instruction)
  if instruction == '' or action == 'custom' then return nil end
  local wanted = vim.fn.strchars(instruction) > 50 and vim.fn.strcharpart(instruction, 0, 49) .. '…' or instruction
  return ('Kimi: %s: %s'):format((action:gsub('^%l', string.upper)), wanted)
end

local function argument_of(client, bufnr, action, wish)
  local range = action == 'fixAll' and target.everything(client, bufnr) or target.range(client, bufnr, wish.lines)
  local diagnostics = ABOUT_PROBLEMS[action] and target.diagnostics(client, bufnr, range) or {}
  local instruction = wish.instruction and vim.trim(wish.instruction) or ''
  return {
    title = title_of(action, instruction),
    uri = vim.uri_from_bufnr(bufnr),
    range = range,
    action = action == 'custom' and wish.id or nil,
    instruction = instruction ~= '' and instruction or nil,
    diagnostics = #diagnostics > 0 and diagnostics or nil,
  }
end

--- Start an action where the cursor or the selection is.
---@param action string one of IDS
---@param wish { instruction: string?, id: string?, lines: { first: integer, last: integer }? }
function M.run(action, wish)
  local bufnr = vim.api.nvim_get_current_buf()
  local client, why = client_of.of(bufnr)
  if not client then return require('kimi.message').show('Kimi: ' .. why, 2) end
  client_of.execute(client, 'kimi.' .. action, argument_of(client, bufnr, action, wish), bufnr)
  if vim.fn.mode():match('^[vV\22]') then vim.cmd.normal({ '\27', bang = true }) end
end

--- Ask for the instruction first.
function M.ask(action, wish)
  vim.ui.input({ prompt = ('Kimi, %s: '):format(action) }, function(instruction)
    if instruction then M.run(action, vim.tbl_extend('force', wish, { instruction = instruction })) end
  end)
end

--- Cancel every running job, of whichever file.
function M.cancel()
  local clients = client_of.all()
  if #clients == 0 then return require('kimi.message').show('Kimi: nothing is running.') end
  for _, client in ipairs(clients) do
    client_of.execute(client, 'kimi.cancel', {}, 0)
  end
end

--- A command that is about this file, such as 'kimi.showDiff'.
function M.about_file(command)
  local bufnr = vim.api.nvim_get_current_buf()
  local client, why = client_of.of(bufnr)
  if not client then return require('kimi.message').show('Kimi: ' .. why, 2) end
  client_of.execute(client, command, { uri = vim.uri_from_bufnr(bufnr) }, bufnr)
end

return M
