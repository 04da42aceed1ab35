--- What setup() takes. Unknown names are refused aloud, not ignored.
local M = {}

M.defaults = {
  --- How the server is started.
  cmd = { 'kimi-lsp', '--stdio' },
  --- A function that gives the key, called when the server starts; else AIGATEWAY_API_KEY of Neovim's environment.
  key = false,
  --- The server's own settings, as its README lists them: { limits = { cost_usd = 0.25 } }.
  settings = {},
  --- Where an explanation is shown: 'float', 'split', or 'file' (a buffer in this window).
  explain = 'float',
  --- Show each edit as a diff, and apply it when `y` is pressed.
  preview = false,
  --- Show running jobs in the corner of the screen: true, false, or 'auto' (unless fidget.nvim or noice.nvim does).
  progress = 'auto',
  filetypes = {
    'python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'rust', 'go', 'java', 'c',
    'cpp', 'cs', 'ruby', 'php', 'sh', 'bash', 'lua', 'kotlin', 'swift', 'scala', 'sbt', 'zig', 'elixir',
    'haskell', 'ocaml', 'ocamlinterface', 'julia', 'html', 'xhtml', 'vue', 'svelte', 'dart', 'css', 'json',
    'jsonc', 'yaml', 'toml', 'markdown', 'sql', 'terraform', 'terraform-vars', 'hcl',
  },
  root_markers = {
    '.git', 'pyproject.toml', 'package.json', 'Cargo.toml', 'go.mod', 'pom.xml', 'build.gradle', 'CMakeLists.txt',
  },
}

local TYPES = { key = { 'function', 'boolean' }, progress = { 'boolean', 'string' }, explain = { 'string' } }
local CHOICES = { explain = { 'float', 'split', 'file' }, progress = { true, false, 'auto' } }

local current = vim.deepcopy(M.defaults)

--- What is wrong with one option; nil where it is good.
local function problem(name, value)
  if M.defaults[name] == nil then
    local known = vim.tbl_keys(M.defaults)
    table.sort(known)
    return ('unknown option %s; known: %s'):format(name, table.concat(known, ', '))
  end
  local wanted = TYPES[name] or { type(M.defaults[name]) }
  if not vim.tbl_contains(wanted, type(value)) then
    return ('option %s must be a %s, not a %s'):format(name, table.concat(wanted, ' or '), type(value))
  end
  if CHOICES[name] and not vim.tbl_contains(CHOICES[name], value) then
    return ('option %s must be one of %s'):format(name, table.concat(vim.tbl_map(tostring, CHOICES[name]), ', '))
  end
end

--- Lay `options` over the defaults; what is wrong is told and left out.
---@param options table
function M.set(options)
  current = vim.deepcopy(M.defaults)
  for name, value in pairs(options) do
    local wrong = problem(name, value)
    if wrong then
      require('kimi.message').show('Kimi: ' .. wrong, 1)
    else
      current[name] = value
    end
  end
end

---@return table
function M.get() return current end

return M
