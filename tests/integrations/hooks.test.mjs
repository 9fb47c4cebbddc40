// The hooks of docs/integrations.md, in a repository, with git, husky, lint-staged and lefthook themselves.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLEAN, LEAK, block, lacks, onPath, project, repository, root, run, write } from './support.mjs';

const page = readFileSync(join(root, 'docs/integrations.md'), 'utf8');
const tools = join(root, '.ci/node_modules/.bin');

/** Commits, and says what came of it. `npx leaklint` is the program under test. */
function commit(cwd, env) {
  const done = run('git', ['commit', '--quiet', '--message', 'A change'], { cwd, env });
  return { ...done, all: done.stdout + done.stderr };
}

/**
 * Sets a hook up and shows that it stops a leak that is staged, lets a clean commit pass, and judges what is staged: a leak in
 * the working tree only does not matter, and one that was mended there only does.
 */
function judges(t, setUp, files = {}) {
  const cwd = project(t, { 'src/a b.js': CLEAN, 'src/other.ts': CLEAN, 'package.json': '{}', ...files });
  const git = repository(cwd);
  git('commit', '--quiet', '--message', 'Before');
  const env = { ...onPath(t), GIT_CONFIG_GLOBAL: '/dev/null', HOME: cwd };
  env.PATH = `${env.PATH}:${tools}`;
  setUp(cwd, env, git);
  const stage = (text, now = text) => {
    write(cwd, { 'src/a b.js': text });
    git('add', 'src/a b.js');
    write(cwd, { 'src/a b.js': now });
  };
  stage(LEAK);
  const stopped = commit(cwd, env);
  assert.equal(stopped.status, 1, stopped.all);
  assert.match(stopped.all, /src\/a b\.js:2:3/);
  stage(LEAK, CLEAN);
  const mended = commit(cwd, env);
  assert.equal(mended.status, 1, `the staged leak passed: ${mended.all}`);
  stage(`${CLEAN}export const more = 1;\n`, LEAK);
  const passed = commit(cwd, env);
  assert.equal(passed.status, 0, passed.all);
  assert.equal(readFileSync(join(cwd, 'src/a b.js'), 'utf8'), LEAK, 'the working tree is what it was');
}

test("git's own hook", (t) => {
  judges(t, (cwd) => {
    write(cwd, { '.git/hooks/pre-commit': block(page, 'Before a commit', 'sh') });
    run('chmod', ['+x', join(cwd, '.git/hooks/pre-commit')]);
  });
});

test('husky', (t) => {
  if (lacks(t, join(tools, 'husky'))) return;
  judges(t, (cwd, env) => {
    const set = run(join(tools, 'husky'), [], { cwd, env });
    assert.ok(existsSync(join(cwd, '.husky/_/pre-commit')), set.stdout + set.stderr);
    write(cwd, { '.husky/pre-commit': block(page, 'husky', 'sh') });
  });
});

test('lint-staged', (t) => {
  if (lacks(t, join(tools, 'lint-staged'))) return;
  judges(t, (cwd, env, git) => {
    write(cwd, { '.git/hooks/pre-commit': '#!/bin/sh\nexec lint-staged\n' });
    run('chmod', ['+x', join(cwd, '.git/hooks/pre-commit')]);
    write(cwd, { 'package.json': block(page, 'lint-staged', 'json') });
    git('add', 'package.json');
  });
});

test('lefthook', (t) => {
  if (lacks(t, join(tools, 'lefthook'))) return;
  judges(t, (cwd, env) => {
    write(cwd, { 'lefthook.yml': block(page, 'lefthook', 'yaml') });
    const set = run(join(tools, 'lefthook'), ['install'], { cwd, env });
    assert.equal(set.status, 0, set.stdout + set.stderr);
  });
});
