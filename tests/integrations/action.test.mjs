// The scripts of the GitHub Action, run as a runner would, on a folder of releases that is made as the release workflow does.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CLEAN, LEAK, program, project, root, run, version, write } from './support.mjs';

const RUNNERS = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
const platforms = JSON.parse(readFileSync(join(root, 'npm/platforms.json'), 'utf8'));
const { target } = platforms.find(({ os, cpu }) => os === process.platform && cpu === process.arch);
const LIKELY = 'export class Poll { constructor(target) {\n  setInterval(() => target.refresh(), 1000);\n} }\n';

/** A folder with the release of this version for this platform. */
function releases(t) {
  const folder = project(t);
  const small = join(folder, 'leaklint');
  copyFileSync(program, small);
  run('strip', [small]);
  const release = join(folder, `v${version}`);
  const made = run(join(root, '.github/release/archive.sh'), [target, small, release]);
  assert.equal(made.status, 0, made.stderr);
  const held = run('tar', ['-tzf', `leaklint-${target}.tar.gz`], { cwd: release }).stdout;
  for (const file of ['leaklint', 'LICENSE', 'man/leaklint.1', 'man/leaklint-check.1', 'completions/leaklint.zsh']) {
    assert.ok(held.includes(`leaklint-${target}/${file}\n`), `${file} in ${held}`);
  }
  const sums = run('sh', ['-c', 'sha256sum -- *.tar.gz > SHA256SUMS'], { cwd: release });
  assert.equal(sums.status, 0, sums.stderr);
  return folder;
}

/** A runner with a checkout, the steps' files, and the variables that the runner sets. */
function runner(t, files, more = {}) {
  const home = project(t, { path: '', output: '' });
  const cwd = project(t, files);
  const env = {
    PATH: process.env.PATH, HOME: home,
    RUNNER_OS: RUNNERS[process.platform], RUNNER_ARCH: process.arch.toUpperCase(), RUNNER_TEMP: join(home, 'temp'),
    GITHUB_PATH: join(home, 'path'), GITHUB_OUTPUT: join(home, 'output'), GITHUB_ACTION_PATH: root, ...more,
  };
  mkdirSync(env.RUNNER_TEMP);
  return { cwd, env };
}

function install({ cwd, env }) {
  const done = run('bash', [join(root, '.github/action/install.sh')], { cwd, env });
  const [folder] = readFileSync(env.GITHUB_PATH, 'utf8').trim().split('\n');
  return { ...done, env: { ...env, PATH: `${folder}:${env.PATH}` } };
}

/** The lint step's streams and its outputs. */
function lint({ cwd, env }, inputs = {}) {
  writeFileSync(env.GITHUB_OUTPUT, '');
  const done = run('bash', [join(root, '.github/action/lint.sh')], { cwd, env: { ...env, ...inputs } });
  assert.equal(done.status, 0, done.stderr);
  const lines = readFileSync(env.GITHUB_OUTPUT, 'utf8').trim().split('\n').map((line) => line.split('='));
  return { ...done, ...Object.fromEntries(lines) };
}

test('the table of platforms is the same in the action and in the packages', () => {
  const script = readFileSync(join(root, '.github/action/install.sh'), 'utf8');
  const listed = [...script.matchAll(/^ {2}(\w+)-(\w+)\) target=(\S+) ;;$/gm)].map(([, ...row]) => row.join(' '));
  assert.deepEqual(listed.sort(), platforms.map((row) => `${RUNNERS[row.os]} ${row.cpu.toUpperCase()} ${row.target}`).sort());
});

/** The scripts of all `run:` keys of a workflow or an action. */
function scripts(text) {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const [, indent, value] = /^( *(?:- )?)run: (.*)$/.exec(line) ?? [];
    if (value === undefined || value !== '|') return value ?? [];
    const inner = lines.slice(at + 1);
    const end = inner.findIndex((next) => next.trim() !== '' && next.search(/\S/) <= indent.length);
    return inner.slice(0, end === -1 ? undefined : end).join('\n');
  });
}

test('inputs enter scripts by the environment only', () => {
  let seen = 0;
  for (const file of ['action.yml', '.github/workflows/ci.yml', '.github/workflows/release.yml']) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const script of scripts(text)) {
      assert.doesNotMatch(script, /\$\{\{/, file);
      seen += 1;
    }
    for (const [, action] of text.matchAll(/uses: (\S+)/g)) assert.match(action, /@[0-9a-f]{40}$/, `${file} pins ${action}`);
  }
  assert.ok(seen > 10, `only ${seen} scripts`);
  assert.deepEqual(scripts('- run: |\n    a ${{ b }}\n    c\n  env: d\n- run: e\n'), ['    a ${{ b }}\n    c', 'e']);
});

test('a release is fetched, checked and run', (t) => {
  const files = { 'leak.js': LEAK, 'src/a b.js': LIKELY, 'clean.js': CLEAN };
  const fetched = runner(t, files, { LEAKLINT_RELEASES: pathToFileURL(releases(t)).href });
  const installed = install(fetched);
  assert.equal(installed.status, 0, installed.stdout + installed.stderr);
  assert.equal(installed.stdout, `leaklint ${version} for ${target}\n`);
  const step = { cwd: fetched.cwd, env: installed.env };
  const code = (inputs) => lint(step, { LEAKLINT_REPORT: 'none', ...inputs })['exit-code'];

  assert.equal(code({}), '1');
  assert.equal(code({ LEAKLINT_FAIL_ON: 'never' }), '0');
  assert.equal(code({ LEAKLINT_PATHS: 'clean.js' }), '0');
  assert.equal(code({ LEAKLINT_PATHS: 'clean.js\nsrc/a b.js\n' }), '0');
  assert.equal(code({ LEAKLINT_PATHS: 'src/a b.js', LEAKLINT_FAIL_ON: 'warning' }), '1');
  assert.equal(code({ LEAKLINT_ARGS: '--rule\nuncleared-interval=off\n--quiet' }), '0');
  assert.equal(code({ LEAKLINT_PATHS: 'gone.js', LEAKLINT_FAIL_ON: 'never' }), '2');
  for (const wrong of [{ LEAKLINT_FAIL_ON: 'always' }, { LEAKLINT_REPORT: 'paper' }]) {
    const done = lint(step, wrong);
    assert.equal(done['exit-code'], '2');
    assert.match(done.stdout, /^::error title=leaklint::the input/);
  }

  const uploaded = lint(step, {});
  const results = JSON.parse(readFileSync(uploaded.sarif, 'utf8')).runs[0].results;
  assert.deepEqual(results.map(({ level }) => level).sort(), ['error', 'warning']);
  assert.equal(uploaded['exit-code'], '1');
  assert.match(uploaded.stdout, /uncleared-interval/);
  const annotated = lint(step, { LEAKLINT_REPORT: 'annotations' });
  assert.match(annotated.stdout, /^::error file=leak\.js,line=2,/m);
  assert.equal(annotated.sarif, '');
});

test('code that is linted gives no workflow commands', (t) => {
  const hostile = "require('http').createServer((req, res) => {\n  process.on('\\n::error::x ##[error]y', () => res.end()); // ##[error]z\n});\n";
  const files = { 'leak.js': hostile, '::error::w.js': LEAK };
  const fetched = runner(t, files, { LEAKLINT_RELEASES: pathToFileURL(releases(t)).href });
  const done = lint({ cwd: fetched.cwd, env: install(fetched).env }, { LEAKLINT_REPORT: 'annotations' });
  const [, before, token, shown, after] = /^([^]*?)::stop-commands::(\w{32})\n([^]*)^::\2::\n([^]*)$/m.exec(done.stdout);
  assert.match(shown, /uncleared-interval[^]*unremoved-listener/);
  assert.ok(!shown.includes(token) && before === '');
  const annotations = after.trimEnd().split('\n');
  assert.equal(annotations.length, 2, after);
  for (const line of annotations) assert.match(line, /^::error file=[^:,]+,line=2,/);
});

test('what stands in inputs is never run', (t) => {
  const fetched = runner(t, { 'leak.js': LEAK }, { LEAKLINT_RELEASES: pathToFileURL(releases(t)).href });
  const step = { cwd: fetched.cwd, env: install(fetched).env };
  for (const hostile of ['$(touch pwned)', '`touch pwned`', '; touch pwned', '"; touch pwned; "', '*', '--report=sarif=pwned']) {
    lint(step, { LEAKLINT_PATHS: hostile, LEAKLINT_REPORT: 'none' });
    lint(step, { LEAKLINT_ARGS: hostile.replace(/^--.*/, '$IFS'), LEAKLINT_REPORT: 'none' });
    assert.equal(install({ cwd: fetched.cwd, env: { ...fetched.env, LEAKLINT_VERSION: hostile } }).status, 2);
    assert.deepEqual(readdirSync(fetched.cwd), ['leak.js'], hostile);
  }
});

test('a release that is not what it should be is not run', (t) => {
  const folder = releases(t);
  const release = join(folder, `v${version}`);
  const from = (more) => {
    const fetched = runner(t, {}, { LEAKLINT_RELEASES: pathToFileURL(folder).href, ...more });
    const done = install(fetched);
    assert.equal(done.status, 2);
    assert.equal(statSync(fetched.env.GITHUB_PATH).size, 0, 'nothing is put on the PATH');
    return done.stdout;
  };
  assert.match(from({ LEAKLINT_VERSION: '0.0.0' }), /^::error title=leaklint::cannot get file:.*\/v0\.0\.0\//m);
  assert.match(from({ LEAKLINT_VERSION: '../../etc' }), /^::error .*the input 'version' must be/m);
  assert.match(from({ RUNNER_ARCH: 'X86' }), /^::error .*no program for \w+ on X86/m);
  const sums = readFileSync(join(release, 'SHA256SUMS'), 'utf8');
  writeFileSync(join(release, 'SHA256SUMS'), sums.replace(target, 'other'));
  assert.match(from({}), /SHA256SUMS of release .* says nothing of leaklint-/);
  write(release, { SHA256SUMS: sums, [`leaklint-${target}.tar.gz`]: 'something else' });
  assert.match(from({}), /the sum of leaklint-.* is not that of release/);
});

test('the npm packages are made from the archives of a release', (t) => {
  const out = join(project(t), 'packages');
  const archives = join(releases(t), `v${version}`);
  const partial = run(join(root, '.github/release/npm.sh'), [archives, out]);
  assert.equal(partial.status, 1);
  const done = run(join(root, '.github/release/npm.sh'), [archives, out, '--partial']);
  assert.equal(done.status, 0, done.stderr);
  const own = join(out, `${process.platform}-${process.arch}`);
  assert.deepEqual(readdirSync(own).sort(), ['LICENSE', 'leaklint', 'package.json']);
  assert.ok(statSync(join(own, 'leaklint')).mode & 0o100, 'the program can be run');
  assert.ok(existsSync(join(out, 'leaklint/npm/leaklint.js')));
});
