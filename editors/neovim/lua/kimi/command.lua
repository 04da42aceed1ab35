--- The command :Kimi.
local M = {}

local actions = require('kimi.actions')

--- Subcommands that are no actions.
local OTHERS = {
  menu = function() require('kimi.menu').open() end,
  cancel = actions.cancel,
  diff = function() actions.about_file('kimi.showDiff') end,
  discard = function() actions.about_file('kimi.discard') end,
  clearReview = function() actions.about_file('kimi.clearReview') end,
  usage = function() require('kimi.report').usage() end,
  status = function() require('kimi.report').status() end,
  log = function() require('kimi.report').log() end,
}

---@return string[] every subcommand, the actions first
local function names()
  local others = vim.tbl_keys(OTHERS)
  table.sort(others)
  return vim.list_extend(vim.list_slice(actions.IDS), others)
end

--- addTypes, addtypes, add-types and add_types are the same.
local function folded(name) return (name:gsub('[-_]', ''):lower()) end

---@return string? name of the subcommand that was typed
local function known(typed)
  for _, name in ipairs(names()) do
    if folded(name) == folded(typed) then return name end
  end
end

--- Ids of the user's own actions.
local function custom_ids()
  local custom = vim.tbl_get(require('kimi.options').get(), 'settings', 'actions', 'custom') or {}
  local ids = vim.tbl_keys(custom)
  table.sort(ids)
  return ids
end

--- `name`, the rest of the words, and the range, as kimi/actions.lua takes them.
local function wish_of(invocation, name, rest)
  local id
  if name == 'custom' then
    id, rest = rest:match('^(%S*)%s*(.*)$')
  end
  local lines = invocation.range > 0 and { first = invocation.line1, last = invocation.line2 } or nil
  return { instruction = rest, id = id, lines = lines }
end

--- :[range]Kimi[!] [subcommand] [instruction]
---@param invocation table what nvim_create_user_command gives
function M.run(invocation)
  local typed, rest = vim.trim(invocation.args):match('^(%S*)%s*(.*)$')
  if typed == '' then return require('kimi.menu').open(wish_of(invocation, 'menu', '')) end
  local name = known(typed)
  if not name then
    return require('kimi.message').show(('Kimi: there is no “%s”: see :help kimi-commands'):format(typed), 1)
  end
  local wish = wish_of(invocation, name, rest)
  if OTHERS[name] then return OTHERS[name](wish) end
  if name == 'custom' and wish.id == '' then
    return require('kimi.message').show('Kimi: which of your own actions? ' .. table.concat(custom_ids(), ', '), 1)
  end
  if invocation.bang then return actions.ask(name, wish) end
  actions.run(name, wish)
end

--- Completion for :Kimi: the subcommand, then the id of a custom action; an instruction is free text.
---@return string[]
function M.complete(lead, line)
  local before = line:match("Kimi!?%s+(.*)$") or ''
  before = before:sub(1, #before - #lead)
  local candidates = {}
  if before == '' then
    candidates = names()
  elseif folded(vim.trim(before)) == 'custom' then
    candidates = custom_ids()
  end
  return vim.tbl_filter(function(name) return vim.startswith(folded(name), folded(lead)) end, candidates)
end

return M
