// The npm package: what users get when they install it, and that its launcher is as good as the program itself.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLEAN, LEAK, npmEnvironment, pack, program, project, registry, root, runBeside, version } from './support.mjs';

const own = `@leaklint/${process.platform}-${process.arch}`;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const platforms = JSON.parse(readFileSync(join(root, 'npm/platforms.json'), 'utf8'));

test('all versions are that of Cargo.toml', () => {
  const [, cargo] = /^version = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
  assert.equal(manifest.version, cargo);
  const wanted = Object.fromEntries(platforms.map(({ os, cpu }) => [`@leaklint/${os}-${cpu}`, cargo]));
  assert.deepEqual(manifest.optionalDependencies, wanted);
  assert.equal(execFileSync(program, ['--version'], { encoding: 'utf8' }), `leaklint ${cargo}\n`);
});

test('no package runs anything when it is installed', () => {
  assert.equal(manifest.scripts, undefined);
  assert.equal(manifest.dependencies, undefined);
});

test('an incomplete set of programs is not assembled silently', async (t) => {
  const folder = project(t);
  const done = await runBeside(process.execPath, [join(root, 'npm/assemble.mjs'), folder, join(folder, 'out')]);
  assert.equal(done.status, 1);
  for (const { target } of platforms) assert.match(done.stderr, new RegExp(target));
  assert.ok(!existsSync(join(folder, 'out/leaklint')));
});

test('installed from a registry', async (t) => {
  const tarballs = pack(t);
  assert.deepEqual(Object.keys(tarballs).sort(), ['leaklint', ...Object.keys(manifest.optionalDependencies)].sort());
  const env = npmEnvironment(project(t), await registry(t, tarballs));
  const files = { 'package.json': '{ "private": true }', 'leak.js': LEAK, 'clean.js': CLEAN };
  const cwd = project(t, files);
  const installed = await runBeside('npm', ['install', '--save-dev', 'leaklint'], { cwd, env });
  assert.equal(installed.status, 0, installed.stderr);
  assert.deepEqual(readdirSync(join(cwd, 'node_modules/@leaklint')), [`${process.platform}-${process.arch}`]);
  const leaklint = join(cwd, 'node_modules/.bin/leaklint');
  const launch = (args, options) => runBeside(leaklint, args, { cwd, env, ...options });

  await t.test('exit codes and both streams are those of the program', async () => {
    for (const args of [['check', 'clean.js'], ['check', 'leak.js'], ['check', 'gone.js'], ['tea'], ['--version']]) {
      const [launched, direct] = [await launch(args), await runBeside(program, args, { cwd, env })];
      assert.deepEqual(launched, direct);
    }
    assert.equal((await launch(['check', 'clean.js'])).status, 0);
    assert.equal((await launch(['check', 'leak.js'])).status, 1);
    assert.equal((await launch(['check', 'gone.js'])).status, 2);
  });

  await t.test('the schema lies where configurations name it', async () => {
    const schema = readFileSync(join(cwd, 'node_modules/leaklint/schema.json'), 'utf8');
    assert.equal(schema, (await runBeside(program, ['schema'], { cwd, env })).stdout);
    assert.equal((await launch(['init'])).status, 0);
    assert.match(readFileSync(join(cwd, 'leaklint.jsonc'), 'utf8'), /"\$schema": "\.\/node_modules\/leaklint\/schema\.json"/);
    unlinkSync(join(cwd, 'leaklint.jsonc'));
  });

  await t.test('standard input reaches it', async () => {
    const args = ['check', '--stdin', '--stdin-filename', 'new.js', '--format', 'compact'];
    const done = await launch(args, { input: LEAK });
    assert.match(done.stdout, /^new\.js:2:3: error: /);
    assert.equal(done.status, 1);
  });

  await t.test('npx finds it, and other folders do not matter', async () => {
    const done = await runBeside('npx', ['--no-install', 'leaklint', 'check', '.', '--format=compact'], { cwd, env });
    assert.match(done.stdout, /^leak\.js:2:3: error: /);
    assert.equal(done.status, 1);
  });

  await t.test('a signal ends both, and is what the launcher ends with', async () => {
    const slow = join(cwd, 'slow.sh');
    writeFileSync(slow, '#!/bin/sh\necho $$\nexec sleep 30\n');
    chmodSync(slow, 0o755);
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
      const child = spawn(leaklint, [], { cwd, env: { ...env, LEAKLINT_BINARY: slow } });
      const pid = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
      child.kill(name);
      const [status, signal] = await new Promise((resolve) => child.on('exit', (...how) => resolve(how)));
      assert.deepEqual([status, signal], [null, name]);
      assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'the program still runs');
    }
  });

  await t.test('a program that cannot be started is exit code 2', async () => {
    const done = await launch(['check'], { env: { ...env, LEAKLINT_BINARY: join(cwd, 'gone') } });
    assert.equal(done.status, 2);
    assert.match(done.stderr, /^leaklint: cannot run .*gone: /);
  });
});

test('without the optional package it says what to do', async (t) => {
  const { leaklint } = pack(t);
  // A registry without the platform's package: npm installs the rest, as after --omit=optional.
  const env = npmEnvironment(project(t), await registry(t, { leaklint }));
  for (const args of [['install', 'leaklint'], ['install', 'leaklint', '--omit=optional']]) {
    const cwd = project(t, { 'package.json': '{ "private": true }' });
    assert.equal((await runBeside('npm', args, { cwd, env })).status, 0);
    const launcher = join(cwd, 'node_modules/.bin/leaklint');
    const done = await runBeside(launcher, ['check'], { cwd, env });
    assert.equal(done.status, 2);
    assert.equal(done.stdout, '');
    assert.match(done.stderr, new RegExp(`the optional package ${own} was not installed`));
    assert.match(done.stderr, /--omit=optional/);
    const named = await runBeside(launcher, ['--version'], { cwd, env: { ...env, LEAKLINT_BINARY: program } });
    assert.equal(named.stdout, `leaklint ${version}\n`);
  }
});

test('an unknown platform is told so', async (t) => {
  const cwd = project(t);
  const pretend = "Object.defineProperty(process, 'arch', { value: 'mips' }); require(process.env.LAUNCHER)";
  const env = { ...process.env, LAUNCHER: join(root, 'npm/leaklint.js') };
  const done = await runBeside(process.execPath, ['-e', pretend], { cwd, env });
  assert.equal(done.status, 2);
  assert.match(done.stderr, /^leaklint: there is no program for \w+-mips; build one with `cargo install`/);
});
