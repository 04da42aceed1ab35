-- nvim --clean --headless -S neovim_bridge.lua: takes JSON lines {id, lua} or {id, keys} from the port in $BRIDGE_PORT and
-- answers {id, value} or {id, error}. Keys are typed even while Neovim waits for one.
local socket = assert(vim.uv.new_tcp())

local function answer(reply) socket:write(vim.json.encode(reply) .. '\n') end

local function run(request)
  local chunk, wrong = loadstring(request.lua)
  if not chunk then return answer({ id = request.id, error = wrong }) end
  local went_well, value = xpcall(chunk, debug.traceback)
  if not went_well then return answer({ id = request.id, error = tostring(value) }) end
  answer({ id = request.id, value = value == nil and vim.NIL or value })
end

local function take(line)
  local request = vim.json.decode(line)
  if request.keys then
    vim.api.nvim_input(request.keys)
    return answer({ id = request.id, value = true })
  end
  vim.schedule(function() run(request) end)
end

local pending = ''
socket:connect('127.0.0.1', tonumber(vim.env.BRIDGE_PORT), function(failure)
  assert(not failure, failure)
  socket:read_start(function(wrong, data)
    if wrong or not data then return vim.schedule(function() vim.cmd('qall!') end) end
    pending = pending .. data
    while true do
      local line, rest = pending:match('^([^\n]*)\n(.*)$')
      if not line then break end
      pending = rest
      take(line)
    end
  end)
end)
