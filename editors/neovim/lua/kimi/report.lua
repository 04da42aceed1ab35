--- :Kimi usage, status and log.
local M = {}

local client_of = require('kimi.client')

--- Any client of ours, that of this buffer first.
local function any_client()
  local client = client_of.of(vim.api.nvim_get_current_buf()) or client_of.all()[1]
  if not client then require('kimi.message').show('Kimi: the server is not running: see :checkhealth kimi', 2) end
  return client
end

--- The server shows its own page.
function M.usage()
  local client = any_client()
  if client then client_of.execute(client, 'kimi.usage', {}, 0) end
end

local function dollars(amount) return type(amount) == 'number' and ('$%.4f'):format(amount) or 'not known' end

--- The lines that tell a status (contract of `kimi/status`).
---@return string[]
function M.lines(status)
  local index = type(status.index) == 'table' and status.index or {}
  local budget = tonumber(status.budget_per_day_usd) or 0
  local lines = {
    ('kimi-lsp %s, %s'):format(status.version or '?', status.model or '?'),
    'key: ' .. (status.key and 'set' or 'not set: AIGATEWAY_API_KEY in the environment, or `key` in setup()'),
    'spent today: ' .. dollars(status.spent_today_usd) .. (budget > 0 and ' of ' .. dollars(budget) or ''),
    ('index: %s%s'):format(index.state or 'unknown', index.files and (', %d files'):format(index.files) or ''),
    'log: ' .. (type(status.log) == 'string' and status.log or 'none; see :Kimi log'),
  }
  for _, job in ipairs(type(status.jobs) == 'table' and status.jobs or {}) do
    table.insert(lines, ('running for %.0f s: %s'):format(job.seconds or 0, job.title or '?'))
  end
  return lines
end

--- Ask the server and show what it says.
function M.status()
  local client = any_client()
  if not client then return end
  client_of.request(client, 'kimi/status', nil, 0, function(status)
    if type(status) ~= 'table' then return require('kimi.message').show('Kimi: the server gave no status', 2) end
    require('kimi.page').lines(M.lines(status), 'Kimi')
  end)
end

--- Open the server's log, else that of Neovim's own client.
function M.log()
  local function open(status)
    local path = type(status) == 'table' and type(status.log) == 'string' and status.log or nil
    if not path then path = vim.fn.has('nvim-0.11') == 1 and vim.lsp.log.get_filename() or vim.lsp.get_log_path() end
    vim.cmd.split(vim.fn.fnameescape(path))
    vim.cmd.normal({ 'G', bang = true })
  end
  local client = client_of.all()[1]
  if not client then return open(nil) end
  client_of.request_quietly(client, 'kimi/status', nil, open)
end

return M
