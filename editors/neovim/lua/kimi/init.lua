--- kimi-lsp for Neovim 0.10 to 0.12. See |kimi.txt|.
local M = {}

--- Options over the defaults of kimi/options.lua. Optional: without it the plugin starts with the defaults.
---@param options table?
function M.setup(options)
  require('kimi.options').set(options or {})
  require('kimi.client').enable()
end

--- Start an action at the cursor or the selection.
---@param action string an id such as 'fix', 'refactor', 'explain'
---@param wish { instruction: string?, id: string? }? what is wanted; `id` names one of your own actions for 'custom'
function M.run(action, wish) require('kimi.actions').run(action, wish or {}) end

--- Choose among what Kimi offers here, other servers' diagnostics taken into account.
function M.menu() require('kimi.menu').open() end

--- Cancel every running job.
function M.cancel() require('kimi.actions').cancel() end

--- One short text for a statusline: the running job, or what was spent today; empty where Kimi is not attached.
---@return string
function M.status() return require('kimi.progress').line() end

return M
