--- :checkhealth kimi
local M = {}

local health = vim.health

--- What a program says, and whether it went well; it has `seconds`.
local function run(command, seconds)
  local started, process = pcall(vim.system, command, { text = true, stdin = false })
  if not started then return nil, tostring(process) end
  local result = process:wait(seconds * 1000)
  local said = vim.trim((result.stdout or '') .. '\n' .. (result.stderr or ''))
  return result.code == 0, said
end

local function check_neovim()
  if vim.fn.has('nvim-0.10') == 0 then return health.error('Neovim 0.10 or later is needed') end
  health.ok('Neovim ' .. tostring(vim.version()))
end

--- Whether the server starts; gives its command without arguments.
local function check_program(options)
  local program = options.cmd[1]
  local path = vim.fn.exepath(program)
  if path == '' then
    health.error(('`%s` is not on PATH'):format(program), {
      'Install it: `uv tool install kimi-lsp`, or `pipx install kimi-lsp`',
      "or name it: require('kimi').setup({ cmd = { '/path/to/kimi-lsp', '--stdio' } })",
    })
    return nil
  end
  local start = vim.tbl_filter(function(word) return word ~= '--stdio' end, options.cmd)
  local good, said = run(vim.list_extend(vim.list_slice(start), { '--version' }), 20)
  if not good then
    health.error(('`%s` does not start'):format(path), { said })
    return nil
  end
  health.ok(('%s (%s)'):format(said, path))
  return start
end

local function check_key(options)
  if options.key then return health.ok('the key comes from the function in setup(); it is asked when the server starts') end
  for _, name in ipairs({ 'AIGATEWAY_API_KEY', 'AIG_KEY' }) do
    if (vim.env[name] or '') ~= '' then return health.ok(('the key is set (%s)'):format(name)) end
  end
  health.warn('no key: neither AIGATEWAY_API_KEY is set nor `key` in setup()', {
    'Set AIGATEWAY_API_KEY before Neovim starts',
    "or: require('kimi').setup({ key = function() return vim.fn.system({ 'pass', 'show', 'kimi' }) end })",
  })
end

local function check_clients()
  local clients = require('kimi.client').all()
  if #clients == 0 then
    return health.warn('no server is running', { 'Open a file of one of its filetypes; :set filetype? tells which it is' })
  end
  for _, client in ipairs(clients) do
    local buffers = vim.lsp.get_buffers_by_client_id and vim.lsp.get_buffers_by_client_id(client.id) or vim.tbl_keys(client.attached_buffers)
    local root = client.config.root_dir or 'no root: a single file'
    health.ok(('running: %s, %d buffer(s), positions in %s'):format(root, #buffers, client.offset_encoding))
  end
end

--- One line of `kimi-lsp doctor`.
local function tell(check)
  local line = ('%s: %s'):format(check.name, check.found)
  local advice = check.mend ~= '' and { check.mend } or nil
  if check.status == 'ok' then return health.ok(line) end
  if check.status == 'fail' then return health.error(line, advice) end
  if check.status == 'warn' then return health.warn(line, advice) end
  health.info(line)
end

--- What the server finds wrong with itself: Python, grammars, the service.
local function check_doctor(options, start)
  local _, said = run(vim.list_extend(vim.list_slice(start), { 'doctor', '--json' }), 30)
  local decoded, report = pcall(vim.json.decode, said)
  if not decoded or type(report.checks) ~= 'table' then return health.warn('`kimi-lsp doctor` gave no report', { said }) end
  for _, check in ipairs(report.checks) do
    -- The doctor does not see a key that Neovim's own function gives.
    if not (check.name == 'key' and options.key) then tell(check) end
  end
end

function M.check()
  local options = require('kimi.options').get()
  health.start('kimi')
  check_neovim()
  check_key(options)
  local start = check_program(options)
  check_clients()
  if start then
    health.start('kimi-lsp doctor')
    check_doctor(options, start)
  end
end

return M
