--- The server: how it is started, which client speaks to it, and how it is asked.
local M = {}

M.NAME = 'kimi'
local LANGUAGE_IDS = {
  cs = 'csharp', sh = 'shellscript', bash = 'shellscript', ocamlinterface = 'ocaml.interface', xhtml = 'html', sbt = 'scala',
}

--- The language id that LSP has for a buffer.
local function language_id(bufnr, filetype)
  if filetype == 'ocaml' and vim.endswith(vim.api.nvim_buf_get_name(bufnr), '.mli') then return 'ocaml.interface' end
  return LANGUAGE_IDS[filetype] or filetype
end

--- Start the server with the key that the user's function gives; it is kept nowhere.
local function start_with_key(dispatchers, config)
  local options = require('kimi.options').get()
  local environment = vim.deepcopy(config and config.cmd_env or {})
  local called, key = pcall(options.key)
  if called and type(key) == 'string' and vim.trim(key) ~= '' then
    environment.AIGATEWAY_API_KEY = vim.trim(key)
  else
    local why = called and 'it gave no text' or tostring(key)
    vim.schedule(function() require('kimi.message').show('Kimi: your key function failed: ' .. why, 1) end)
  end
  local place = config and (config.cmd_cwd or config.root_dir) or nil
  return vim.lsp.rpc.start(options.cmd, dispatchers, { cwd = place, env = environment })
end

--- A configuration for vim.lsp.config() and vim.lsp.start().
---@return table
function M.config()
  local options = require('kimi.options').get()
  return {
    name = M.NAME,
    cmd = options.key and start_with_key or options.cmd,
    filetypes = options.filetypes,
    root_markers = options.root_markers,
    get_language_id = language_id,
    init_options = vim.tbl_deep_extend('force', { show = { status_notifications = true } }, options.settings),
    handlers = require('kimi.handlers'),
  }
end

--- Neovim 0.10 knows no vim.lsp.enable().
local function start_by_autocommand()
  local function start(bufnr)
    local config = M.config()
    if vim.bo[bufnr].buftype ~= '' or not vim.tbl_contains(config.filetypes, vim.bo[bufnr].filetype) then return end
    config.root_dir = vim.fs.root(bufnr, config.root_markers)
    vim.lsp.start(config, { bufnr = bufnr })
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('kimi.start', {}),
    callback = function(event) start(event.buf) end,
  })
  if vim.v.vim_did_enter == 1 then vim.iter(vim.api.nvim_list_bufs()):filter(vim.api.nvim_buf_is_loaded):each(start) end
end

--- Start the server for every buffer of its filetypes, now and later.
function M.enable()
  require('kimi.progress').listen()
  if vim.lsp.enable then
    vim.lsp.enable(M.NAME)
  else
    start_by_autocommand()
  end
end

---@return vim.lsp.Client[]
function M.all() return vim.lsp.get_clients({ name = M.NAME }) end

--- The client of a buffer, or nil and why there is none.
---@param bufnr integer
function M.of(bufnr)
  local client = vim.lsp.get_clients({ name = M.NAME, bufnr = bufnr })[1]
  if client and client.initialized then return client end
  if client then return nil, 'it is still starting' end
  return nil, ('it is not attached to this buffer (filetype “%s”): see :checkhealth kimi'):format(vim.bo[bufnr].filetype)
end

--- The name under which the server has a command: the user may have set a suffix.
---@return string?
local function known_command(client, name)
  local provider = client.server_capabilities.executeCommandProvider or {}
  local suffix = vim.tbl_get(client.config, 'init_options', 'commands', 'suffix') or ''
  for _, known in ipairs(provider.commands or {}) do
    if known == name or known == name .. suffix then return known end
  end
end

--- Ask the server to carry out a command; a refusal is told to the user.
---@param command string such as 'kimi.fix'
---@param argument table
---@param answered fun(result: any)?
function M.execute(client, command, argument, bufnr, answered)
  local known = known_command(client, command)
  if not known then
    return require('kimi.message').show(('Kimi: this kimi-lsp does not know %s: a newer one may'):format(command), 2)
  end
  if next(argument) == nil then argument = vim.empty_dict() end
  M.request(client, 'workspace/executeCommand', { command = known, arguments = { argument } }, bufnr, answered)
end

--- Send a request and give its error and its result to `answered`, outside of the event that brought them.
local function send(client, method, params, bufnr, answered)
  local function handle(err, result) vim.schedule(function() answered(err, result) end) end
  if vim.fn.has('nvim-0.11') == 1 then
    client:request(method, params, handle, bufnr)
  else
    client.request(method, params, handle, bufnr)
  end
end

--- Send a request; an error is told to the user.
---@param answered fun(result: any)?
function M.request(client, method, params, bufnr, answered)
  send(client, method, params, bufnr, function(err, result)
    if err then return require('kimi.message').show('Kimi: ' .. (err.message or vim.inspect(err)), 1) end
    if answered then answered(result) end
  end)
end

--- Send a request that may be unknown to the server: then the result is nil.
---@param answered fun(result: any)
function M.request_quietly(client, method, params, answered)
  send(client, method, params, 0, function(err, result) answered(not err and result or nil) end)
end

return M
