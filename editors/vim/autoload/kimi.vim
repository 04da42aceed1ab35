" Kimi for Vim with ALE: commands, results, messages.
"
" ALE declares that it takes no edits from a server (applyEdit), and it counts bytes where the protocol counts
" UTF-16 units. So a result waits in the server; it is fetched from there, fitted to the text as it is at that moment,
" and put into the buffers here.

let s:actions = {
      \ 'fix': 'fix', 'fix-all': 'fixAll', 'do': 'instruct', 'refactor': 'refactor', 'simplify': 'simplify',
      \ 'add-types': 'addTypes', 'implement': 'implement', 'document': 'document', 'test': 'test',
      \ 'explain': 'explain', 'explain-problem': 'explainProblem', 'review': 'review', 'image': 'image'}
let s:commands = {
      \ 'cancel': 'cancel', 'diff': 'showDiff', 'discard': 'discard', 'clear-review': 'clearReview',
      \ 'usage': 'usage'}
let s:waiting = {}
let s:status = {}

" Tell ALE how the server is started.
function! kimi#Register() abort
  for l:type in g:kimi_filetypes
    call ale#linter#Define(l:type, {
          \ 'name': 'kimi', 'lsp': 'stdio', 'executable': split(g:kimi_command)[0], 'command': g:kimi_command,
          \ 'project_root': function('kimi#Root'), 'language': l:type,
          \ 'initialization_options': function('kimi#Settings')})
  endfor
  if index(g:kimi_filetypes, &filetype) >= 0
    call ale#Queue(0, 'lint_file')
  endif
endfunction

function! kimi#Settings(buffer) abort
  let l:settings = deepcopy(g:kimi_settings)
  let l:show = get(l:settings, 'show', {})
  let l:settings.show = extend(l:show, {'status_notifications': v:true}, 'keep')
  return l:settings
endfunction

" The folder of the project: the nearest one with a version control's, else that of the file.
function! kimi#Root(buffer) abort
  let l:start = fnamemodify(bufname(a:buffer), ':p:h')
  for l:marker in ['.git', '.hg', 'pyproject.toml', 'package.json', 'Cargo.toml', 'go.mod']
    let l:found = finddir(l:marker, l:start . ';')
    if empty(l:found)
      let l:found = findfile(l:marker, l:start . ';')
    endif
    if !empty(l:found)
      return fnamemodify(l:found, ':p:s?[\\/]$??:h')
    endif
  endfor
  return l:start
endfunction

function! kimi#Complete(lead, line, position) abort
  let l:names = sort(keys(s:actions) + keys(s:commands) + ['apply', 'status'])
  return filter(l:names, 'stridx(v:val, a:lead) == 0')
endfunction

" :Kimi NAME [INSTRUCTION]
function! kimi#Run(first, last, range, text) abort
  let [l:name, l:instruction] = matchlist(a:text, '^\(\S\+\)\s*\(.*\)$')[1:2]
  if l:name is# 'apply'
    return kimi#Apply(0)
  elseif l:name is# 'status'
    return s:Send('kimi/status', v:null, {answer -> s:Say(s:StatusLine(answer))})
  elseif has_key(s:commands, l:name)
    return s:Execute(s:commands[l:name], l:name is# 'cancel' || l:name is# 'usage' ? {} : {'uri': s:Uri('')})
  elseif !has_key(s:actions, l:name)
    return s:Say('Kimi: there is no ' . l:name . '; there are ' . join(kimi#Complete('', '', 0), ', '))
  endif
  let [l:first, l:last] = a:range ? [a:first, a:last] : [line('.'), line('.')]
  let l:range = a:range
        \ ? {'start': s:Position(a:first, 1), 'end': s:Position(a:last, col([a:last, '$']))}
        \ : {'start': s:Position(line('.'), col('.')), 'end': s:Position(line('.'), col('.'))}
  let l:argument = {'uri': s:Uri(''), 'range': l:range}
  if index(['fix', 'fix-all', 'explain-problem'], l:name) >= 0
    let l:argument.diagnostics = s:Diagnostics(l:first, l:last)
  endif
  if !empty(l:instruction)
    let l:argument.instruction = l:instruction
  endif
  call s:Execute(s:actions[l:name], l:argument)
endfunction

" What runs, for a statusline; empty where nothing does.
function! kimi#Status() abort
  return join(map(copy(get(s:status, 'jobs', [])), 'v:val.title'), ', ')
endfunction

function! s:StatusLine(answer) abort
  let l:jobs = map(copy(get(a:answer, 'jobs', [])), 'v:val.title')
  let l:spent = get(a:answer, 'spent_today_usd', v:null)
  return 'Kimi: ' . get(a:answer, 'model', '') . '; ' . (empty(l:jobs) ? 'nothing is running' : join(l:jobs, ', '))
        \ . (type(l:spent) == v:t_float ? printf('; $%.4f today', l:spent) : '')
endfunction

" The connection {{{1

" Call Use with the connection of the current buffer, after what was typed was sent.
function! s:Connected(Use) abort
  let l:linters = filter(ale#linter#Get(&filetype), 'v:val.name is# "kimi"')
  if empty(l:linters)
    return s:Say('Kimi is not among the linters of ' . &filetype . ': see g:ale_linters and g:kimi_filetypes')
  endif
  call ale#lsp_linter#StartLSP(bufnr(''), l:linters[0], function('s:Ready', [a:Use]))
endfunction

function! s:Ready(Use, linter, details) abort
  call ale#lsp#RegisterCallback(a:details.connection_id, 'kimi#Handle')
  call ale#lsp#NotifyForChanges(a:details.connection_id, a:details.buffer)
  call a:Use(a:details.connection_id)
endfunction

function! s:Send(method, params, Then) abort
  call s:Connected(function('s:SendTo', [a:method, a:params, a:Then]))
endfunction

function! s:SendTo(method, params, Then, connection) abort
  let l:message = a:params is v:null ? [0, a:method] : [0, a:method, a:params]
  let s:waiting[a:connection . '/' . ale#lsp#Send(a:connection, l:message)] = a:Then
endfunction

function! s:Execute(command, argument) abort
  call s:Send('workspace/executeCommand', {'command': 'kimi.' . a:command, 'arguments': [a:argument]}, {_ -> 0})
endfunction

" What the server sends, each message once.
function! kimi#Handle(connection, message) abort
  let l:method = get(a:message, 'method', '')
  if l:method is# 'kimi/status'
    call s:NewStatus(a:message.params)
  elseif l:method is# 'window/showMessage'
    call s:Told(a:message.params)
  elseif empty(l:method)
    let l:key = a:connection . '/' . get(a:message, 'id', '')
    if has_key(s:waiting, l:key)
      let l:Then = remove(s:waiting, l:key)
      if has_key(a:message, 'error')
        call s:Say('Kimi: ' . a:message.error.message)
      else
        call l:Then(get(a:message, 'result', v:null))
      endif
    endif
  endif
endfunction

function! s:NewStatus(status) abort
  let l:ended = len(get(s:status, 'jobs', [])) > len(get(a:status, 'jobs', []))
  let s:status = a:status
  redrawstatus!
  if l:ended && g:kimi_apply
    call kimi#Apply(1)
  endif
endfunction

" A message. ALE shows errors itself, and the others only where it was told to.
function! s:Told(params) abort
  let l:path = matchstr(a:params.message, '\cthe file is \zs\S.*$')
  if !empty(l:path) && filereadable(l:path)
    call s:Preview(l:path)
  elseif a:params.message =~# 'the explanation is ready'
    call s:Hover()
  elseif a:params.type > 1 && get(g:, 'ale_lsp_show_message_severity', 'error') is# 'error'
    call s:Say(a:params.message)
  endif
endfunction

" Show what is known of the place of the cursor.
function! s:Hover() abort
  let l:params = {'textDocument': {'uri': s:Uri('')}, 'position': s:Position(line('.'), col('.'))}
  call s:Send('textDocument/hover', l:params, function('s:Hovered'))
endfunction

function! s:Hovered(answer) abort
  if type(a:answer) != v:t_dict
    return
  endif
  let l:contents = a:answer.contents
  let l:file = fnamemodify(tempname(), ':h') . '/kimi.md'
  call writefile(split(type(l:contents) == v:t_dict ? l:contents.value : string(l:contents), "\n", 1), l:file)
  call s:Preview(l:file)
endfunction

" Show a file in the preview window, in half of the screen; the cursor stays.
function! s:Preview(file) abort
  let l:height = &previewheight
  let &previewheight = max([l:height, &lines / 2])
  try
    execute 'silent pedit' fnameescape(a:file)
    let l:shown = index(map(range(1, winnr('$')), 'getwinvar(v:val, "&previewwindow")'), 1)
    call setwinvar(l:shown + 1, '&statusline', 'Kimi')
  finally
    let &previewheight = l:height
  endtry
endfunction

" One line, cut so that no key has to be pressed; :messages has it too.
function! s:Say(text) abort
  redraw
  echomsg strcharpart(a:text, 0, &columns - 14)
endfunction

" Results {{{1

" Fetch the result that waits for this buffer and apply it; unless quiet, say so if there is none.
function! kimi#Apply(quiet, ...) abort
  if mode() !=# 'n'
    " What is being typed is a step of its own.
    return timer_start(200, function('kimi#Apply', [a:quiet]))
  endif
  let l:here = s:Position(line('.'), col('.'))
  let l:params = {'textDocument': {'uri': s:Uri('')}, 'range': {'start': l:here, 'end': l:here},
        \ 'context': {'diagnostics': [], 'only': ['quickfix']}}
  call s:Send('textDocument/codeAction', l:params, function('s:Fetched', [a:quiet, bufnr(''), b:changedtick]))
endfunction

function! s:Fetched(quiet, buffer, tick, answer) abort
  let l:ready = filter(copy(type(a:answer) == v:t_list ? a:answer : []),
        \ 'has_key(v:val, "edit") && v:val.title =~# "^Kimi: Apply result"')
  if empty(l:ready)
    return a:quiet ? 0 : s:Say('Kimi: there is no result to apply')
  elseif getbufvar(a:buffer, 'changedtick') != a:tick || mode() !=# 'n'
    return kimi#Apply(a:quiet)
  endif
  let l:files = s:Changes(l:ready[0].edit)
  for l:uri in keys(l:files)
    call s:Change(ale#util#ToResource(l:uri), l:files[l:uri])
  endfor
  " Also what was typed and changed here is told before the server is asked to forget the result.
  call s:Execute('resultApplied', {'uri': s:Uri('')})
  call s:Say(l:ready[0].title[6:] . ': done' . (len(l:files) > 1 ? ', ' . len(l:files) . ' files changed, unsaved' : ''))
endfunction

function! s:Changes(edit) abort
  if has_key(a:edit, 'documentChanges')
    let l:files = {}
    for l:change in a:edit.documentChanges
      if has_key(l:change, 'edits')
        let l:files[l:change.textDocument.uri] = l:change.edits
      endif
    endfor
    return l:files
  endif
  return get(a:edit, 'changes', {})
endfunction

" Apply edits to the buffer of a file, which is loaded if it is not, as one undo step.
function! s:Change(path, edits) abort
  let l:buffer = bufadd(a:path)
  call bufload(l:buffer)
  call setbufvar(l:buffer, '&buflisted', 1)
  if l:buffer == bufnr('')
    let &l:undolevels = &l:undolevels
  endif
  for l:edit in reverse(sort(copy(a:edits), {a, b -> s:Order(a.range.start, b.range.start)}))
    call s:Replace(l:buffer, l:edit.range, l:edit.newText)
  endfor
endfunction

function! s:Order(a, b) abort
  return a:a.line != a:b.line ? a:a.line - a:b.line : a:a.character - a:b.character
endfunction

function! s:Replace(buffer, range, text) abort
  let l:count = len(getbufline(a:buffer, 1, '$'))
  let [l:first, l:last] = [a:range.start.line + 1, a:range.end.line + 1]
  let l:old = getbufline(a:buffer, l:first, l:last)
  " The end of the text is after the last line's own ending, which is no line of the buffer.
  let l:after_end = l:last > l:count
  let l:before = l:first > l:count ? '' : s:Cut(l:old[0], a:range.start.character)[0]
  let l:after = l:after_end ? '' : s:Cut(l:old[-1], a:range.end.character)[1]
  let l:new = split(l:before . a:text . l:after, "\n", 1)
  if l:after_end && l:new[-1] ==# ''
    call remove(l:new, -1)
  endif
  let l:same = min([len(l:old), len(l:new)])
  if l:same > 0
    call setbufline(a:buffer, l:first, l:new[: l:same - 1])
  endif
  if len(l:new) > l:same
    call appendbufline(a:buffer, l:first + l:same - 1, l:new[l:same :])
  elseif len(l:old) > l:same
    call deletebufline(a:buffer, l:first + l:same, l:first + len(l:old) - 1)
  endif
endfunction

" Places {{{1

function! s:Uri(name) abort
  return ale#util#ToURI(expand('#' . bufnr(a:name) . ':p'))
endfunction

" A line, from 1, and a byte of it, from 1, in UTF-16.
function! s:Position(line, byte) abort
  let l:points = str2list(strpart(getline(a:line), 0, a:byte - 1))
  return {'line': a:line - 1, 'character': len(l:points) + len(filter(copy(l:points), 'v:val > 0xFFFF'))}
endfunction

" A line before and after so many units of UTF-16.
function! s:Cut(line, units) abort
  let l:left = a:units
  let l:before = []
  let l:points = str2list(a:line)
  for l:point in l:points
    let l:left -= l:point > 0xFFFF ? 2 : 1
    if l:left < 0
      break
    endif
    call add(l:before, l:point)
  endfor
  return [list2str(l:before), list2str(l:points[len(l:before) :])]
endfunction

" What any of ALE's linters has found from one line to another.
function! s:Diagnostics(first, last) abort
  let l:found = []
  for l:item in ale#engine#GetLoclist(bufnr(''))
    if l:item.lnum >= a:first && l:item.lnum <= a:last
      let l:end = get(l:item, 'end_lnum', l:item.lnum)
      call add(l:found, {
            \ 'range': {
            \   'start': s:Position(l:item.lnum, max([l:item.col, 1])),
            \   'end': s:Position(l:end, get(l:item, 'end_col', max([l:item.col, 1])) + 1)},
            \ 'severity': l:item.type is# 'E' ? 1 : l:item.type is# 'W' ? 2 : 3,
            \ 'source': l:item.linter_name,
            \ 'code': get(l:item, 'code', ''),
            \ 'message': l:item.text})
    endif
  endfor
  return l:found
endfunction

" vim: set foldmethod=marker:
