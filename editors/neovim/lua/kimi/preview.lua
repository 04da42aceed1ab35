--- Shows an edit as a diff and lets the user decide.
local M = {}

--- The server stops waiting after 300 seconds and keeps the result for the menu.
local DECIDE_WITHIN_MS = 290000
--- Keys that were meant for the text must not decide.
local DEAF_MS = 400

local diff_of = vim.text and vim.text.diff or vim.diff

--- Lines of a document now: of its buffer, else of its file.
local function lines_of(uri)
  local path, bufnr = vim.uri_to_fname(uri), require('kimi.edit').buffer_of(uri)
  if bufnr then return vim.api.nvim_buf_get_lines(bufnr, 0, -1, false) end
  return vim.fn.filereadable(path) == 1 and vim.fn.readfile(path) or {}
end

--- Lines after `edits`, made in a buffer of their own.
local function edited(lines, edits, encoding)
  local scratch = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(scratch, 0, -1, false, lines)
  vim.lsp.util.apply_text_edits(vim.deepcopy(edits), scratch, encoding)
  local after = vim.api.nvim_buf_get_lines(scratch, 0, -1, false)
  vim.api.nvim_buf_delete(scratch, { force = true })
  return after
end

local function name_of(uri) return vim.fn.fnamemodify(vim.uri_to_fname(uri), ':.') end

--- The lines of a unified diff of all that `edit` does.
---@return string[]
function M.diff(edit, encoding)
  local shown = {}
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.kind == 'rename' then
      table.insert(shown, ('rename %s to %s'):format(name_of(change.oldUri), name_of(change.newUri)))
    elseif change.kind then
      table.insert(shown, ('%s %s'):format(change.kind, name_of(change.uri)))
    end
  end
  for _, document in ipairs(require('kimi.edit').documents(edit)) do
    local before = lines_of(document.uri)
    local after = edited(before, document.edits, encoding)
    local old, new = table.concat(before, '\n') .. '\n', table.concat(after, '\n') .. '\n'
    if #before == 0 then old = '' end
    vim.list_extend(shown, { '--- ' .. name_of(document.uri), '+++ ' .. name_of(document.uri) })
    vim.list_extend(shown, vim.split(vim.trim(diff_of(old, new, { ctxlen = 3, algorithm = 'histogram' })), '\n'))
  end
  return shown
end

--- Open the window; `decide(accepted)` is called once, however it ends.
local function open(shown, label, decide)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, shown)
  vim.bo[bufnr].filetype, vim.bo[bufnr].modifiable, vim.bo[bufnr].bufhidden = 'diff', false, 'wipe'
  local window = require('kimi.page').float(bufnr, label .. '   y apply · n keep for later', true)
  local decided = false
  local function finish(accepted)
    if decided then return end
    decided = true
    if vim.api.nvim_win_is_valid(window) then vim.api.nvim_win_close(window, true) end
    decide(accepted)
  end
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = bufnr,
    once = true,
    callback = vim.schedule_wrap(function() finish(false) end),
  })
  vim.defer_fn(function() finish(false) end, DECIDE_WITHIN_MS)
  vim.defer_fn(function()
    if not vim.api.nvim_buf_is_valid(bufnr) then return end
    for key, accepted in pairs({ y = true, n = false, q = false, ['<Esc>'] = false }) do
      vim.keymap.set('n', key, function() finish(accepted) end, { buffer = bufnr, nowait = true })
    end
  end, DEAF_MS)
end

--- Run `act` now in normal mode, else as soon as the user is back in it.
local function in_normal_mode(label, act)
  if vim.fn.mode() == 'n' then return act() end
  require('kimi.corner').set('preview', label .. ' is ready: leave this mode to see it', 'DiagnosticInfo')
  vim.api.nvim_create_autocmd('ModeChanged', {
    pattern = '*:n',
    once = true,
    callback = vim.schedule_wrap(function()
      require('kimi.corner').set('preview', nil)
      in_normal_mode(label, act)
    end),
  })
end

--- Ask the user; called in a coroutine, as Neovim runs the handlers of requests.
---@return string? why it is not to be applied
function M.ask(edit, label, encoding)
  local me, answered = assert(coroutine.running(), 'a preview needs a coroutine'), false
  local function answer(why)
    if answered then return end
    answered = true
    coroutine.resume(me, why)
  end
  local function show()
    if answered then return end
    local stale = require('kimi.edit').stale(edit)
    if stale then return answer(stale) end
    local drawn, shown = pcall(M.diff, edit, encoding)
    if not drawn then return answer('its preview failed: ' .. tostring(shown)) end
    open(shown, label, function(accepted) answer(not accepted and 'you declined it' or nil) end)
  end
  vim.schedule(function() in_normal_mode(label, show) end)
  vim.defer_fn(function() answer('nobody looked at it') end, DECIDE_WITHIN_MS)
  return coroutine.yield()
end

return M
