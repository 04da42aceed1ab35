--- What is running: from LspProgress, and from the server's own status. For the statusline and the corner.
local M = {}

local jobs = {} ---@type table<string, { title: string, message: string, order: integer }>
local statuses = {} ---@type table<integer, table>
local started = 0
local LAST_WORD_MS = 4000

local function in_corner()
  local wanted = require('kimi.options').get().progress
  if wanted ~= 'auto' then return wanted end
  return not (package.loaded.fidget or package.loaded.noice)
end

local function described(job)
  local title = job.title:gsub('^Kimi: ', '')
  return job.message ~= '' and ('Kimi: %s · %s'):format(title, job.message) or 'Kimi: ' .. title
end

--- Show a job in the corner, and its last word for a little longer.
local function draw(key, last_word)
  local corner = require('kimi.corner')
  if jobs[key] then return corner.set(key, described(jobs[key]), 'DiagnosticInfo') end
  if last_word then return corner.say('Kimi: ' .. last_word, 'DiagnosticInfo', LAST_WORD_MS, key) end
  corner.set(key, nil)
end

local function follow(client_id, token, value)
  local key = client_id .. ':' .. token
  if value.kind == 'begin' then
    started = started + 1
    jobs[key] = { title = value.title or '', message = value.message or '', order = started }
  elseif value.kind == 'end' then
    jobs[key] = nil
  elseif jobs[key] and value.message then
    jobs[key].message = value.message
  end
  if in_corner() then draw(key, value.kind == 'end' and value.message or nil) end
  vim.cmd.redrawstatus()
end

--- A server that is gone runs nothing.
local function forget(client_id)
  statuses[client_id] = nil
  for key in pairs(jobs) do
    if vim.startswith(key, client_id .. ':') then
      jobs[key] = nil
      require('kimi.corner').set(key, nil)
    end
  end
end

--- What the server says of itself, unasked.
function M.set_status(client_id, status)
  statuses[client_id] = status
  vim.cmd.redrawstatus()
end

--- What was spent before this start; a server that does not know the request is left in peace.
local function ask_status(client)
  require('kimi.client').request_quietly(client, 'kimi/status', nil, function(status)
    if type(status) == 'table' then M.set_status(client.id, status) end
  end)
end

--- Listen to our server's progress; a second call changes nothing.
function M.listen()
  local group = vim.api.nvim_create_augroup('kimi.progress', {})
  vim.api.nvim_create_autocmd('LspProgress', {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == require('kimi.client').NAME then
        follow(client.id, event.data.params.token, event.data.params.value)
      end
    end,
  })
  vim.api.nvim_create_autocmd('LspAttach', {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == require('kimi.client').NAME then ask_status(client) end
    end,
  })
  vim.api.nvim_create_autocmd('LspDetach', {
    group = group,
    callback = function(event)
      vim.schedule(function()
        if not vim.lsp.get_client_by_id(event.data.client_id) then forget(event.data.client_id) end
      end)
    end,
  })
end

---@return { title: string, message: string }[] oldest first
function M.jobs()
  local running = vim.tbl_values(jobs)
  table.sort(running, function(a, b) return a.order < b.order end)
  return running
end

--- What was spent today, as a text; empty where it is not known.
local function spent()
  for _, status in pairs(statuses) do
    if type(status.spent_today_usd) == 'number' then return (' $%.3f'):format(status.spent_today_usd) end
  end
  return ''
end

--- For the statusline.
---@return string
function M.line()
  local running = M.jobs()
  if #running > 0 then
    local more = #running > 1 and (' (+%d)'):format(#running - 1) or ''
    return (vim.fn.strcharpart(described(running[1]) .. more, 0, 60):gsub("%%", "%%%%"))
  end
  local client = require('kimi.client').of(vim.api.nvim_get_current_buf())
  return client and 'Kimi' .. spent() or ''
end

return M
