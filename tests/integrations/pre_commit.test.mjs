// The hooks of .pre-commit-hooks.yaml, run by pre-commit on a repository with staged files.
//
// `leaklint-rust` compiles for minutes and runs only with LEAKLINT_TEST_RUST_HOOK=1. CI leaves it out: it is the same
// command as `leaklint-system`, and what it compiles is what CI compiled before.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import {
  CLEAN, LEAK, lacks, npmEnvironment, pack, program, project, registry, repository, root, runBeside, write,
} from './support.mjs';

const HOOKS = ['leaklint', 'leaklint-rust', 'leaklint-system'];
const hooks = readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8');

/** Runs one hook of this repository on what is staged there. */
function tryRepo(hook, cwd, env, ...more) {
  const home = join(cwd, '../pre-commit');
  const args = ['try-repo', root, hook, '--verbose', '--color', 'never', ...more];
  return runBeside('pre-commit', args, { cwd, env: { ...env, PRE_COMMIT_HOME: home }, timeout: 1_800_000 });
}

/** A repository in a folder of its own, with one leak of each kind of file. */
function leakyRepository(t) {
  const cwd = join(project(t), 'repository');
  const script = `<script>\n${LEAK}</script>\n`;
  write(cwd, {
    'leak.js': LEAK, 'a b.mts': LEAK, 'part.vue': script, 'part.svelte': script,
    'types.d.ts': 'export {};\n', 'clean.tsx': CLEAN, 'readme.md': LEAK, 'build/out.js': LEAK, '.gitignore': '/build\n',
    'tests/leak.js': LEAK,
  });
  repository(cwd)('add', '--force', 'build/out.js');
  return cwd;
}

function assertFinds(done) {
  const all = done.stdout + done.stderr;
  assert.match(done.stdout, /^leaklint\.+Failed$/m, all);
  assert.match(done.stdout, /^- exit code: 1$/m, all);
  for (const place of ['leak.js:2:3', 'a b.mts:2:3', 'part.vue:3:3', 'part.svelte:3:3']) {
    assert.ok(done.stdout.includes(place), `${place} in ${all}`);
  }
  // What is left out everywhere is left out of hooks.
  for (const path of ['build/out.js', 'tests/leak.js', 'readme.md', 'clean.tsx']) {
    assert.ok(!done.stdout.includes(path), `${path} in ${all}`);
  }
  assert.match(done.stdout, /^leaklint: 3 errors, 1 warning in \d files$/m, 'one run for all files');
  assert.equal(done.status, 1);
}

test('there are three hooks, and they take the files that leaklint reads', () => {
  assert.deepEqual([...hooks.matchAll(/^- id: (.+)$/gm)].map(([, id]) => id), HOOKS);
  const patterns = [...hooks.matchAll(/^ {2}files: (.+)$/gm)].map(([, pattern]) => pattern);
  assert.equal(patterns.length, 3);
  const endings = ['js', 'jsx', 'ts', 'tsx', 'mjs', 'cjs', 'mts', 'cts', 'vue', 'svelte', 'astro'];
  for (const pattern of patterns) {
    for (const ending of endings) assert.match(`src/a.${ending}`, new RegExp(pattern));
    for (const path of ['a.json', 'a.jsx.snap', 'a.md', 'js', 'a.mtsx', 'a.html']) assert.doesNotMatch(path, new RegExp(pattern));
  }
});

test('system: the leaklint on the PATH', async (t) => {
  if (lacks(t, 'pre-commit', 'git')) return;
  const cwd = leakyRepository(t);
  const bin = join(cwd, '../bin');
  mkdirSync(bin);
  symlinkSync(program, join(bin, 'leaklint'));
  const env = { ...process.env, PATH: bin + delimiter + process.env.PATH };
  assertFinds(await tryRepo('leaklint-system', cwd, env));
  const clean = await tryRepo('leaklint-system', cwd, env, '--files', 'clean.tsx', 'types.d.ts', 'build/out.js');
  assert.match(clean.stdout, /^leaklint\.+Passed$/m, clean.stdout);
  assert.equal(clean.status, 0);
});

test('node: a built program from npm', async (t) => {
  if (lacks(t, 'pre-commit', 'git')) return;
  const cwd = leakyRepository(t);
  const env = npmEnvironment(project(t), await registry(t, pack(t)));
  assertFinds(await tryRepo('leaklint', cwd, env));
});

test('rust: compiled by cargo', { skip: process.env.LEAKLINT_TEST_RUST_HOOK !== '1' && 'takes minutes' }, async (t) => {
  assertFinds(await tryRepo('leaklint-rust', leakyRepository(t), process.env));
});
