--- Applies a workspace edit so that nothing of the user's is lost: for the very texts that it was made for, or not at
--- all, and as an undo step of its own even in the middle of typing.
local M = {}

--- The loaded buffer of a URI, or nil: asking for it must not make one.
---@return integer?
function M.buffer_of(uri)
  local name = vim.uri_to_fname(uri)
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.api.nvim_buf_get_name(bufnr) == name then return bufnr end
  end
end

--- Text edits of an edit, document by document; `nil` for operations on files.
function M.documents(edit)
  local found = {}
  for _, change in ipairs(edit.documentChanges or {}) do
    if not change.kind then
      table.insert(found, { uri = change.textDocument.uri, version = change.textDocument.version, edits = change.edits })
    end
  end
  for uri, edits in pairs(edit.changes or {}) do
    table.insert(found, { uri = uri, edits = edits })
  end
  return found
end

--- Why `edit` may not be applied to the buffers as they are; nil where it may. Neovim itself looks at the first
--- document's version alone, and skips it in silence.
---@return string?
function M.stale(edit)
  for _, document in ipairs(M.documents(edit)) do
    local bufnr, version = M.buffer_of(document.uri), document.version
    if bufnr and type(version) == 'number' and vim.lsp.util.buf_versions[bufnr] ~= version then
      return vim.fs.basename(vim.uri_to_fname(document.uri)) .. ' has changed meanwhile'
    end
    if bufnr and not vim.bo[bufnr].modifiable then
      return vim.fs.basename(vim.uri_to_fname(document.uri)) .. ' cannot be changed: nomodifiable is set'
    end
  end
end

--- Close the undo step that is open in a buffer: setting 'undolevels' does (:help undo-break).
local function break_undo(bufnr)
  vim.api.nvim_buf_call(bufnr, function() vim.cmd('let &l:undolevels = &l:undolevels') end)
end

--- Apply `edit`; gives why not, or nil when it was.
---@return string? why
function M.apply(edit, client)
  local why = M.stale(edit)
  if why then return why end
  local touched = vim.tbl_map(function(document) return M.buffer_of(document.uri) end, M.documents(edit))
  for _, bufnr in pairs(touched) do
    break_undo(bufnr)
  end
  local applied, failure = pcall(vim.lsp.util.apply_workspace_edit, edit, client.offset_encoding)
  for _, bufnr in pairs(touched) do
    break_undo(bufnr)
  end
  if not applied then return tostring(failure) end
end

return M
