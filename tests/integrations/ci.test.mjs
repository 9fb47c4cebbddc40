// The command lines that docs/integrations.md gives to CI systems, run as they stand there, and what they leave behind.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLEAN, LEAK, block, lacks, onPath, project, repository, root, run, version, write } from './support.mjs';

const page = readFileSync(join(root, 'docs/integrations.md'), 'utf8');

const section = (heading) => page.split(/^## /m).find((part) => part.startsWith(heading));

/** The command that a snippet runs: the one line of it that names leaklint. */
function command(heading, language) {
  const lines = block(page, heading, language).split('\n').filter((line) => line.includes('npx leaklint '));
  assert.equal(lines.length, 1, `${heading} runs leaklint once`);
  return lines[0].trim().replace(/^(- )?(script: |run: |sh ')?/, '').replace(/'$/, '').replace(/ \|.*/, '');
}

/** Runs a snippet's command on a leak and on clean code; gives both runs, with the file that the snippet's next step reads. */
function runs(t, heading, language, report) {
  const line = command(heading, language);
  assert.match(line, /^(mkdir .* && )?npx leaklint check --(report|format) \S+$/);
  return [LEAK, CLEAN].map((text, at) => {
    const cwd = project(t, { 'src/a b.js': text });
    repository(cwd);
    const done = run('sh', ['-c', line], { cwd, env: onPath(t) });
    assert.equal(done.status, at === 0 ? 1 : 0, done.stdout + done.stderr);
    return { ...done, report: report && readFileSync(join(cwd, report), 'utf8') };
  });
}

test('GitHub without the action', (t) => {
  const [leak, clean] = runs(t, 'GitHub', 'sh');
  assert.match(leak.stdout, /^::error file=src\/a b\.js,line=2,(?:endLine=2,)?col=3,/m);
  assert.equal(clean.stdout, '');
});

test('GitLab', (t) => {
  assert.match(block(page, 'GitLab', 'yaml'), /codequality: gl-code-quality-report\.json/);
  const [leak, clean] = runs(t, 'GitLab', 'yaml', 'gl-code-quality-report.json');
  const [finding, ...others] = JSON.parse(leak.report);
  assert.deepEqual(others, []);
  assert.equal(finding.location.path, 'src/a b.js');
  assert.equal(finding.location.lines?.begin ?? finding.location.positions.begin.line, 2);
  for (const key of ['description', 'check_name', 'fingerprint', 'severity']) assert.ok(finding[key], key);
  assert.deepEqual(JSON.parse(clean.report), []);
});

test('Azure Pipelines', (t) => {
  assert.match(block(page, 'Azure', 'yaml'), /testResultsFiles: leaklint\.xml/);
  const [leak, clean] = runs(t, 'Azure', 'yaml', 'leaklint.xml');
  assert.match(leak.report, /<testsuites[^]*<failure[^]*uncleared-interval/);
  assert.doesNotMatch(clean.report, /<failure/);
});

test('Jenkins', (t) => {
  assert.match(block(page, 'Jenkins', 'groovy'), /pattern: 'leaklint\.xml'/);
  const [leak, clean] = runs(t, 'Jenkins', 'groovy', 'leaklint.xml');
  assert.match(leak.report, /<checkstyle[^]*<error [^>]*line="2"[^>]*column="3"/);
  assert.doesNotMatch(clean.report, /<error/);
});

test('CircleCI', (t) => {
  assert.match(block(page, 'CircleCI', 'yaml'), /path: reports$/m);
  const [leak] = runs(t, 'CircleCI', 'yaml', 'reports/leaklint.xml');
  assert.match(leak.report, /<failure/);
});

test('reviewdog', (t) => {
  const [leak] = runs(t, 'reviewdog', 'sh');
  const { diagnostics } = JSON.parse(leak.stdout);
  assert.equal(diagnostics[0].location.path, 'src/a b.js');
  assert.deepEqual(diagnostics[0].location.range.start, { line: 2, column: 3 });
});

test('every snippet is what its host accepts', (t) => {
  if (lacks(t, 'check-jsonschema', 'pre-commit')) return;
  const cwd = project(t);
  for (const [heading, schema] of [
    ['GitHub', 'vendor.github-workflows'], ['GitLab', 'vendor.gitlab-ci'],
    ['Azure', 'vendor.azure-pipelines'], ['CircleCI', 'vendor.circle-ci'],
  ]) {
    const blocks = [...section(heading).matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => text);
    assert.ok(blocks.length > 0, heading);
    for (const text of blocks) {
      write(cwd, { 'snippet.yml': text });
      const done = run('check-jsonschema', ['--builtin-schema', schema, 'snippet.yml'], { cwd });
      assert.equal(done.status, 0, `${heading}: ${done.stdout}`);
    }
  }
  write(cwd, { 'config.yaml': block(page, 'pre-commit', 'yaml') });
  const done = run('pre-commit', ['validate-config', 'config.yaml'], { cwd });
  assert.equal(done.status, 0, done.stdout);
});

test('a code base that has findings already', (t) => {
  const lines = [...section('A code base that has findings').matchAll(/^ {4}(leaklint check .*?)(?: +#.*)?$/gm)].map(([, line]) => line);
  assert.equal(lines.length, 3);
  const cwd = project(t, { 'src/old.js': LEAK });
  const git = repository(cwd);
  git('commit', '--quiet', '--message', 'Before');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  const ask = (line) => run('sh', ['-c', `${line} --format compact`], { cwd, env: onPath(t) });
  for (const line of lines) assert.deepEqual([ask(line).status, ask(line).stdout], [0, ''], line);
  assert.equal(ask('leaklint check').status, 1);
  assert.equal(run('leaklint', ['baseline'], { cwd, env: onPath(t) }).status, 0);
  assert.equal(ask('leaklint check').status, 0);
  write(cwd, { 'src/new.js': LEAK });
  git('add', '--all');
  for (const line of [...lines, 'leaklint check']) {
    const done = ask(line);
    assert.equal(done.status, 1, line);
    assert.match(done.stdout, /^src\/new\.js:2:3: [^\n]*\n$/, line);
  }
});

test('the page speaks of the version and the address that Cargo.toml has', () => {
  const [, address] = /^repository = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
  const owner = new URL(address).pathname.slice(1);
  const named = [...page.matchAll(/(?:repo: https:\/\/github\.com\/|uses: )(\w[\w/-]*leaklint)\b/g)].map(([, name]) => name);
  assert.deepEqual(named, [owner, owner]);
  for (const [, named] of page.matchAll(/(?:rev: |leaklint@)v([\d.]+)$/gm)) assert.equal(named, version);
});
