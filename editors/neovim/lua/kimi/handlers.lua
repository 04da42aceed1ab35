--- What the server asks of this client, where Neovim's own answer is not enough.
local M = {}

local function client_of(ctx) return assert(vim.lsp.get_client_by_id(ctx.client_id)) end

M['workspace/applyEdit'] = function(_, params, ctx)
  local client = client_of(ctx)
  local why
  if require('kimi.options').get().preview then
    why = require('kimi.preview').ask(params.edit, params.label or 'Kimi', client.offset_encoding)
  end
  why = why or require('kimi.edit').apply(params.edit, client)
  return { applied = why == nil, failureReason = why }
end

M['window/showDocument'] = function(err, params, ctx, config)
  local how = require('kimi.options').get().explain
  if params.external or how == 'file' or not vim.startswith(params.uri, 'file:') then
    return vim.lsp.handlers['window/showDocument'](err, params, ctx, config)
  end
  require('kimi.page').show(vim.uri_to_fname(params.uri), how)
  return { success = true }
end

M['window/showMessage'] = function(_, params) require('kimi.message').show(params.message, params.type) end

M['kimi/status'] = function(_, params, ctx) require('kimi.progress').set_status(ctx.client_id, params) end

return M
