--- What the user means: a place in the buffer and the problems there, as LSP has them for one client.
--- Neovim counts bytes, in diagnostics of every server; the client counts in the encoding that was agreed on.
local M = {}

local MOST_DIAGNOSTICS = 200

--- Characters of `line` before the byte `byte` (from 0), in units of `encoding`.
local function character(line, byte, encoding)
  byte = math.max(0, math.min(byte, #line))
  if encoding == 'utf-8' then return byte end
  if vim.fn.has('nvim-0.11') == 1 then return vim.str_utfindex(line, encoding, byte, false) end
  local utf32, utf16 = vim.str_utfindex(line, byte)
  return encoding == 'utf-16' and utf16 or utf32
end

local function line_of(bufnr, row) return vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or '' end

--- The position of a row and a byte, both from 0; beyond the buffer it is the buffer's end.
local function position(bufnr, row, byte, encoding)
  local last = vim.api.nvim_buf_line_count(bufnr) - 1
  if row > last then
    row, byte = last, math.huge
  end
  return { line = row, character = character(line_of(bufnr, row), byte, encoding) }
end

--- Two places, the second exclusive, from the start and the end of a selection as getpos() has them.
local function selected(bufnr, first, last, kind)
  if first[2] > last[2] or (first[2] == last[2] and first[3] > last[3]) then
    first, last = last, first
  end
  if kind ~= 'v' then return { first[2] - 1, 0 }, { last[2] - 1, math.huge } end
  local line, byte = line_of(bufnr, last[2] - 1), last[3]
  if vim.o.selection == 'exclusive' then return { first[2] - 1, first[3] - 1 }, { last[2] - 1, byte - 1 } end
  local after = byte >= 1 and byte <= #line and byte + vim.str_utf_end(line, byte) or byte
  return { first[2] - 1, first[3] - 1 }, { last[2] - 1, after }
end

--- The places that a command means: the selection, its lines, or the cursor.
---@param lines { first: integer, last: integer }? a range that was typed, from 1
local function places(bufnr, lines)
  local mode = vim.fn.mode()
  if mode:match('^[vV\22]') then return selected(bufnr, vim.fn.getpos('v'), vim.fn.getpos('.'), mode) end
  if not lines then
    local cursor = vim.api.nvim_win_get_cursor(0)
    return { cursor[1] - 1, cursor[2] }, { cursor[1] - 1, cursor[2] }
  end
  local first, last = vim.fn.getpos("'<"), vim.fn.getpos("'>")
  if first[2] == lines.first and last[2] == lines.last then return selected(bufnr, first, last, vim.fn.visualmode()) end
  return { lines.first - 1, 0 }, { lines.last - 1, math.huge }
end

--- The LSP range that a command means.
---@return table range
function M.range(client, bufnr, lines)
  local first, last = places(bufnr, lines)
  local encoding = client.offset_encoding
  return { start = position(bufnr, first[1], first[2], encoding), ['end'] = position(bufnr, last[1], last[2], encoding) }
end

--- One diagnostic of Neovim's, whoever found it, as LSP has it.
local function as_lsp(client, bufnr, found)
  local published = vim.tbl_get(found, 'user_data', 'lsp') or {}
  local encoding = client.offset_encoding
  local end_row, end_byte = found.end_lnum or found.lnum, found.end_col or found.col
  return {
    range = {
      start = position(bufnr, found.lnum, found.col, encoding),
      ['end'] = position(bufnr, end_row, end_byte, encoding),
    },
    severity = found.severity,
    message = found.message,
    source = found.source or vim.diagnostic.get_namespace(found.namespace).name,
    code = found.code or published.code,
    codeDescription = published.codeDescription,
    tags = published.tags,
  }
end

--- Every diagnostic on the lines of `range` (LSP), of every source; the one at `range`'s start comes first.
---@return table[]
function M.diagnostics(client, bufnr, range)
  local first, last = range.start.line, range['end'].line
  local on_line = vim.tbl_filter(
    function(found) return found.lnum <= last and (found.end_lnum or found.lnum) >= first end,
    vim.diagnostic.get(bufnr)
  )
  local _, byte = unpack(vim.api.nvim_win_get_cursor(0))
  local function distance(found)
    if found.lnum ~= first then return math.huge end
    local end_byte = found.end_lnum == found.lnum and found.end_col or math.huge
    return math.max(found.col - byte, byte - end_byte, 0)
  end
  table.sort(on_line, function(a, b)
    if distance(a) ~= distance(b) then return distance(a) < distance(b) end
    if a.severity ~= b.severity then return a.severity < b.severity end
    return a.lnum < b.lnum or (a.lnum == b.lnum and a.col < b.col)
  end)
  return vim.tbl_map(function(found) return as_lsp(client, bufnr, found) end, vim.list_slice(on_line, 1, MOST_DIAGNOSTICS))
end

--- The whole buffer as a range.
function M.everything(client, bufnr)
  local last = vim.api.nvim_buf_line_count(bufnr) - 1
  return { start = { line = 0, character = 0 }, ['end'] = position(bufnr, last, math.huge, client.offset_encoding) }
end

return M
