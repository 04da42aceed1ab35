" Kimi for Vim with ALE: put this folder on the runtime path.
if exists('g:loaded_kimi')
  finish
endif
let g:loaded_kimi = 1

let g:kimi_command = get(g:, 'kimi_command', 'kimi-lsp --stdio')
let g:kimi_settings = get(g:, 'kimi_settings', {})
" 1: a result is applied as soon as you are in normal mode; 0: it waits for :Kimi apply.
let g:kimi_apply = get(g:, 'kimi_apply', 1)
let g:kimi_filetypes = get(g:, 'kimi_filetypes', [
      \ 'python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'rust', 'go', 'java', 'c',
      \ 'cpp', 'cs', 'css', 'html', 'json', 'kotlin', 'lua', 'php', 'ruby', 'scala', 'sh', 'swift', 'yaml'])
command! -range -nargs=+ -complete=customlist,kimi#Complete Kimi call kimi#Run(<line1>, <line2>, <range>, <q-args>)

augroup kimi
  autocmd!
  autocmd VimEnter * call kimi#Register()
augroup END
