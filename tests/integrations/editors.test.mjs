// The snippets of docs/editors.md, taken from the page and run in the programs that they are for, on real output.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { spawn } from 'node:child_process';
import { CLEAN, LEAK, block, lacks, onPath, project, root, run, write } from './support.mjs';

const page = readFileSync(join(root, 'docs/editors.md'), 'utf8');

const snippet = (heading, language) => block(page, heading, language);

/** An error and a warning. */
const TWO = `${LEAK}export class Poll { constructor(target) {
  setInterval(() => target.refresh(), 1000);
} }
`;

/** An error whose message reads like a finding of another file. */
const FORGED = `require('http').createServer((req, res) => {
  process.on('z.js:9:9: error: forged [no-rule]', () => res.end());
});
`;

const NAMES = { 'src/a b.js': TWO, 'src/forged.js': FORGED, 'C:/app/win.ts': LEAK, 'src/pages:[id].js': LEAK, 'src/é.mjs': LEAK, 'clean.js': CLEAN };

/** [file, line, column, severity] of everything below `src` and `C:`, as every reader must see it. */
const PLACES = [
  ['C:/app/win.ts', 2, 3, 'error'],
  ['src/a b.js', 2, 3, 'error'],
  ['src/a b.js', 5, 3, 'warning'],
  ['src/forged.js', 2, 3, 'error'],
  ['src/pages:[id].js', 2, 3, 'error'],
  ['src/é.mjs', 2, 3, 'error'],
];
const LINE = new RegExp(snippet('The compact format', 'text').trim());

/** A project, an environment in which `leaklint` is the program under test, and a home for what the editor reads. */
function leaky(t, files = NAMES) {
  const home = project(t);
  return { cwd: project(t, files), env: { ...onPath(t), HOME: home, TERM: 'dumb' }, home };
}

const sorted = (places) => places.map((place) => place.join('|')).sort();

test('the expression of the page reads every line of compact', (t) => {
  const { cwd, env } = leaky(t);
  const done = run('leaklint', ['check', '--format', 'compact'], { cwd, env });
  const lines = done.stdout.trimEnd().split('\n').map((line) => LINE.exec(line));
  assert.deepEqual(sorted(lines.map(([, file, line, column, severity]) => [file, line, column, severity])), sorted(PLACES));
  for (const [, , , , message, rule] of lines.map(([, ...parts]) => parts)) {
    assert.match(rule, /^un(cleared-interval|removed-listener)$/);
    assert.match(message, /^this interval|^the `z\.js:9:9: error: forged \[no-rule\]` listener/);
  }
});

test('neither a path nor a name in the code forges a finding', (t) => {
  const { cwd, env } = leaky(t, { 'a.js:1:1: error: b.js': LEAK, 'm.js': FORGED, 'n\n1:1: error: x.js': LEAK });
  const done = run('leaklint', ['check', '--format', 'compact'], { cwd, env });
  const found = done.stdout.trimEnd().split('\n').map((line) => LINE.exec(line).slice(1, 4).join('|'));
  assert.deepEqual(found.sort(), ['a.js?1?1? error? b.js|2|3', 'm.js|2|3', 'n?1:1: error: x.js|2|3'].sort());
});

for (const [editor, args] of [['vim', ['-es', '-N', '-u', 'NONE', '-i', 'NONE']], ['nvim', ['--headless', '-es', '-u', 'NONE', '-i', 'NONE']]]) {
  test(`${editor}: the compiler plugin and :make`, (t) => {
    if (lacks(t, editor)) return;
    const { cwd, env, home } = leaky(t);
    write(home, { 'runtime/compiler/leaklint.vim': snippet('Vim and Neovim', 'vim') });
    const script = join(home, 'make.vim');
    write(home, {
      'make.vim': `set nocompatible shellpipe=>%s\\ 2>&1
set rtp^=${home}/runtime
compiler leaklint
silent! make! gone.js .
let lines = map(getqflist(), {_, q -> [q.bufnr ? fnamemodify(bufname(q.bufnr), ':.') : '', q.lnum, q.col, q.type, q.text]})
call writefile([json_encode(lines)], 'quickfix.json')
qall!
`,
    });
    run(editor, [...args, '-S', script], { cwd, env });
    const quickfix = JSON.parse(readFileSync(join(cwd, 'quickfix.json'), 'utf8'));
    const letters = { e: 'error', w: 'warning', i: 'info' };
    const places = quickfix.filter(([file]) => file).map(([file, line, column, type]) => [file, line, column, letters[type]]);
    assert.deepEqual(sorted(places), sorted(PLACES));
    assert.match(quickfix.find(([, , , type]) => type === 'w')[4], /^this interval .* \[uncleared-interval\]$/);
    // What could not be read is shown, and the summary is not.
    const others = quickfix.filter(([file]) => !file).map(([, , , , text]) => text);
    assert.equal(others.length, 1, others.join('\n'));
    assert.match(others[0], /^leaklint: gone\.js: /);
  });
}

/** What nvim-lint does with an entry, as far as it is needed to try one. */
const NVIM_LINT = `
package.preload['lint'] = function() return { linters = {}, linters_by_ft = {} } end
dofile(arg_snippet)
local lint = require('lint')
local entry = lint.linters[lint.linters_by_ft[vim.bo.filetype][1]]
local command = { entry.cmd }
for _, arg in ipairs(entry.args) do table.insert(command, type(arg) == 'function' and arg() or arg) end
local output = vim.fn.system(command, vim.api.nvim_buf_get_lines(0, 0, -1, true))
output = output:gsub('leaklint: %d+ [^\\n]+\\n$', '')
local namespace = vim.api.nvim_create_namespace('leaklint')
vim.diagnostic.set(namespace, 0, entry.parser(output, 0, vim.fn.getcwd()))
vim.fn.writefile({ vim.fn.json_encode(vim.diagnostic.get(0)) }, 'diagnostics.json')
`;

test('nvim: the entry for nvim-lint', (t) => {
  if (lacks(t, 'nvim')) return;
  const { cwd, env, home } = leaky(t, { 'a b.ts': CLEAN });
  write(home, { 'snippet.lua': snippet('Neovim: nvim-lint', 'lua'), 'drive.lua': `arg_snippet = '${home}/snippet.lua'\n${NVIM_LINT}`, 'unsaved.ts': TWO });
  const args = ['--headless', '-u', 'NONE', '-i', 'NONE', 'a b.ts', '-c', 'set ft=typescript', '-c', `%d | 0r ${home}/unsaved.ts`];
  const done = run('nvim', [...args, '-c', `luafile ${home}/drive.lua`, '-c', 'qall!'], { cwd, env });
  const found = JSON.parse(readFileSync(join(cwd, 'diagnostics.json'), 'utf8'));
  const places = found.map(({ lnum, col, severity, code, source }) => [lnum, col, severity, code, source]);
  assert.deepEqual(sorted(places), sorted([[1, 2, 1, 'uncleared-interval', 'leaklint'], [4, 2, 2, 'uncleared-interval', 'leaklint']]), done.stderr);
});

test('vim: the linter for ALE', (t) => {
  const ale = process.env.LEAKLINT_ALE ?? '/usr/share/vim-ale';
  const installed = run('sh', ['-c', 'test -f "$1/plugin/ale.vim"', 'sh', ale]).status === 0;
  if (lacks(t, 'vim') || (!installed && lacks(t, `ALE at ${ale}`))) return;
  const { cwd, env, home } = leaky(t, { 'a b.js': CLEAN });
  write(home, {
    'unsaved.js': TWO,
    vimrc: `set nocompatible hidden
let g:ale_linters = {'javascript': ['leaklint']}
let g:ale_lint_on_enter = 0
set rtp^=${ale}
filetype plugin on
runtime plugin/ale.vim
${snippet('Vim: ALE', 'vim')}
let g:done = 0
function! Done() abort
  let g:done = 1
  let l:found = map(ale#engine#GetLoclist(bufnr('')), {_, f -> [f.lnum, f.col, f.type, f.code, f.linter_name]})
  call writefile([json_encode(l:found)], 'loclist.json')
endfunction
autocmd User ALELintPost call Done()
`,
    'drive.vim': `edit a\\ b.js
%d
0r ${home}/unsaved.js
ALELint
let g:waited = 0
while !g:done && g:waited < 400
  sleep 50m
  let g:waited += 1
endwhile
qall!
`,
  });
  run('vim', ['-es', '-N', '-n', '-u', join(home, 'vimrc'), '-i', 'NONE', '-S', join(home, 'drive.vim')], { cwd, env });
  const found = JSON.parse(readFileSync(join(cwd, 'loclist.json'), 'utf8'));
  assert.deepEqual(sorted(found), sorted([[2, 3, 'E', 'uncleared-interval', 'leaklint'], [5, 3, 'W', 'uncleared-interval', 'leaklint']]));
});

const FLYMAKE = `
(find-file "a b.js")
(erase-buffer)
(insert-file-contents (expand-file-name "unsaved.js" leaklint-test-folder))
(flymake-start)
(let ((limit (+ (float-time) 20)))
  (while (and (null (flymake-diagnostics)) (< (float-time) limit))
    (accept-process-output nil 0.05)))
(with-temp-file "flymake.txt"
  (let ((found (with-current-buffer "a b.js"
                 (mapcar (lambda (d)
                           (save-excursion
                             (goto-char (flymake-diagnostic-beg d))
                             (format "%d|%d|%s|%s" (line-number-at-pos) (1+ (current-column))
                                     (flymake-diagnostic-type d) (flymake-diagnostic-text d))))
                         (flymake-diagnostics)))))
    (insert (mapconcat #'identity found "\\n"))))
(set-buffer-modified-p nil)
`;

test('emacs: the Flymake backend', (t) => {
  if (lacks(t, 'emacs')) return;
  const { cwd, env, home } = leaky(t, { 'a b.js': CLEAN });
  write(home, { 'snippet.el': snippet('Emacs: Flymake', 'elisp'), 'unsaved.js': TWO, 'drive.el': FLYMAKE });
  const setup = `(setq leaklint-test-folder "${home}" create-lockfiles nil make-backup-files nil)`;
  const done = run('emacs', ['-Q', '--batch', '--eval', setup, '-l', join(home, 'snippet.el'), '-l', join(home, 'drive.el')], { cwd, env });
  const found = readFileSync(join(cwd, 'flymake.txt'), 'utf8').split('\n').sort();
  assert.equal(found.length, 2, found.join('\n') + done.stderr);
  assert.match(found[0], /^2\|3\|:error\|this interval .* \[uncleared-interval\]$/);
  assert.match(found[1], /^5\|3\|:warning\|this interval .* \[uncleared-interval\]$/);
});

test('VS Code: the problem matcher', (t) => {
  const [task] = JSON.parse(snippet('VS Code', 'json')).tasks;
  const { pattern } = task.problemMatcher;
  const { cwd, env } = leaky(t);
  const [npx, name, ...args] = task.command.split(' ');
  assert.deepEqual([npx, name], ['npx', 'leaklint']);
  const done = run('leaklint', args, { cwd, env });
  const matches = (done.stderr + done.stdout).trimEnd().split('\n').map((line) => new RegExp(pattern.regexp).exec(line)).filter(Boolean);
  const places = matches.map((match) => [match[pattern.file], match[pattern.line], match[pattern.column], match[pattern.severity]]);
  assert.deepEqual(sorted(places), sorted(PLACES));
  for (const match of matches) assert.match(match[pattern.message] + match[pattern.code], /^this interval .*uncleared-interval$|listener .*unremoved-listener$/);
});

/** Speaks to a language server until it publishes diagnostics of one document. */
async function published(command, args, { cwd, env }, uri, text) {
  const server = spawn(command, args, { cwd, env });
  const send = (message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  let seen = '';
  const diagnostics = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no diagnostics:\n${seen}`)), 30_000);
    server.on('error', reject);
    server.stdout.setEncoding('utf8').on('data', (chunk) => {
      seen += chunk;
      const from = seen.indexOf('{', seen.lastIndexOf('\r\n\r\n'));
      let message;
      try { message = JSON.parse(seen.slice(from)); } catch { return; }
      if (message.id === 1) {
        send({ method: 'initialized', params: {} });
        send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'javascript', version: 1, text } } });
      }
      if (message.method === 'textDocument/publishDiagnostics') {
        clearTimeout(timer);
        resolve(message.params.diagnostics);
      }
    });
  });
  send({ id: 1, method: 'initialize', params: { processId: process.pid, rootUri: pathToFileURL(cwd).href, capabilities: {} } });
  return diagnostics.finally(() => server.kill());
}

test('Helix and others: efm-langserver', async (t) => {
  if (lacks(t, 'efm-langserver')) return;
  const { cwd, env, home } = leaky(t, { 'a.js': CLEAN });
  write(home, { '.config/efm-langserver/config.yaml': snippet('Helix', 'yaml') });
  const uri = pathToFileURL(join(cwd, 'a.js')).href;
  const found = await published('efm-langserver', [], { cwd, env }, uri, TWO);
  const places = found.map(({ range, severity, source }) => [range.start.line, range.start.character, severity, source]);
  assert.deepEqual(sorted(places), sorted([[1, 2, 1, 'leaklint'], [4, 2, 2, 'leaklint']]));
  const helix = snippet('Helix', 'toml');
  for (const [, server] of helix.matchAll(/^\[language-server\.(.+)\]$/gm)) {
    assert.ok(helix.includes(`"${server}"]`), `no language uses ${server}`);
  }
});
