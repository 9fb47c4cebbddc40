// docs/examples/turborepo, run by Turborepo: what is cached, what is linted anew, and the report of the whole workspace.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLEAN, lacks, onPath, project, repository, root, run, write } from './support.mjs';

const example = join(root, 'docs/examples/turborepo');
const tools = join(root, '.ci/node_modules/.bin');
const manifest = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8'));
const packages = readdirSync(join(example, 'packages'));

/** What npm would write, as far as Turborepo looks: it knows the version of leaklint from there. */
function lockfile(leaklint) {
  const { name, workspaces, devDependencies } = manifest;
  const links = packages.map((one) => [`node_modules/@example/${one}`, { resolved: `packages/${one}`, link: true }]);
  const folders = packages.map((one) => [`packages/${one}`, { name: `@example/${one}`, version: '1.0.0' }]);
  const installed = Object.entries({ ...devDependencies, leaklint }).map(([one, version]) => [`node_modules/${one}`, { version, dev: true }]);
  const all = Object.fromEntries([['', { name, workspaces, devDependencies }], ...links, ...folders, ...installed]);
  return JSON.stringify({ name, lockfileVersion: 3, requires: true, packages: all });
}

/** A checkout of the example, with `leaks()`: runs its script, and says what came of it. */
function checkout(t) {
  const cwd = join(project(t), 'workspace');
  cpSync(example, cwd, { recursive: true });
  write(cwd, { 'package-lock.json': lockfile('0.1.0') });
  repository(cwd);
  const env = { ...onPath(t), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', HOME: cwd };
  env.PATH = `${env.PATH}:${tools}`;
  const paths = [...packages.map((one) => `packages/${one}/leaks.sarif`), 'leaks.sarif'];
  const leaks = () => {
    const { status, stdout, stderr } = run('npm', ['run', 'leaks'], { cwd, env });
    const [, cached, total] = /Cached:\s+(\d+) cached, (\d+) total/.exec(stdout) ?? assert.fail(stdout + stderr);
    assert.equal(Number(total), packages.length);
    return { status, linted: total - cached, reports: paths.map((path) => readFileSync(join(cwd, path), 'utf8')) };
  };
  const whole = () => run('leaklint', ['check', '--format', 'sarif'], { cwd, env }).stdout;
  const forget = () => paths.forEach((path) => rmSync(join(cwd, path)));
  return { cwd, leaks, whole, forget };
}

test('what has not changed comes from the cache, and the merged report is that of the whole', (t) => {
  if (lacks(t, join(tools, 'turbo'), 'git', 'npm')) return;
  const { cwd, leaks, whole, forget } = checkout(t);

  const first = leaks();
  assert.deepEqual([first.linted, first.status], [3, 1]);
  assert.equal(first.reports.at(-1), whole());
  const { results } = JSON.parse(first.reports.at(-1)).runs[0];
  const places = results.map(({ locations: [{ physicalLocation }] }) => physicalLocation.artifactLocation.uri);
  assert.deepEqual(places, ['packages/api/src/server.js', 'packages/web/src/session.js']);

  forget();
  assert.ok(!existsSync(join(cwd, 'leaks.sarif')));
  assert.deepEqual(leaks(), { ...first, linted: 0 }, 'the same bytes, and nothing was linted');

  write(cwd, { 'packages/api/src/server.js': CLEAN });
  const mended = leaks();
  assert.deepEqual([mended.linted, mended.status], [1, 0], 'one package, and a warning fails nothing');
  assert.deepEqual(mended.reports.slice(1, 3), first.reports.slice(1, 3));
  assert.equal(mended.reports.at(-1), whole());

  write(cwd, { 'leaklint.jsonc': '{ "rules": { "unremoved-listener": "error" } }' });
  const stricter = leaks();
  assert.deepEqual([stricter.linted, stricter.status], [3, 1], 'what holds for all');
  assert.equal(stricter.reports.at(-1), whole());

  write(cwd, { 'package-lock.json': lockfile('0.1.1') });
  assert.equal(leaks().linted, 3, 'another version of leaklint');
});

test('another machine writes the same bytes', (t) => {
  if (lacks(t, join(tools, 'turbo'), 'git', 'npm')) return;
  const [one, other] = [checkout(t).leaks(), checkout(t).leaks()];
  assert.equal(one.linted + other.linted, 6, 'neither had the cache of the other');
  assert.deepEqual(one, other);
});

test('the page names the version that was tested', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, '.ci/package.json'), 'utf8'));
  assert.equal(manifest.devDependencies.turbo, dependencies.turbo);
  assert.ok(readFileSync(join(example, 'README.md'), 'utf8').includes(`turbo ${dependencies.turbo}`));
});
