" What a user of kimi-lsp has, for tests: $TEST_PYTHON, $TEST_EDITORS, $TEST_FOLDER.
set encoding=utf-8 hidden noswapfile nobackup laststatus=2 shortmess+=I nomore
filetype plugin indent on
let g:ale_linters = {'python': ['ruff_of_today', 'kimi']}
let g:ale_echo_msg_format = '%linter%: %s'
let g:ale_virtualtext_cursor = 0
let g:kimi_command = $TEST_PYTHON . ' -m kimi_lsp --stdio'
set statusline=%f\ %m\ %{kimi#Status()}
packadd! ale
" ALE 3.3 calls ruff in a way that ruff gave up in 2023.
function! Read(buffer, lines) abort
  return map(ale#util#GetMatches(a:lines, '\v:(\d+):(\d+): (.+)$'), {_, m -> {'lnum': m[1] + 0, 'col': m[2] + 0, 'text': m[3]}})
endfunction
autocmd VimEnter * call ale#linter#Define('python', {'name': 'ruff_of_today', 'executable': 'ruff', 'read_buffer': 1,
      \ 'command': '%e check --quiet --output-format=concise --stdin-filename %s -', 'callback': 'Read'})
let &runtimepath .= ',' . $TEST_EDITORS . '/vim'
execute 'source' fnameescape($TEST_FOLDER . '/more.vim')
