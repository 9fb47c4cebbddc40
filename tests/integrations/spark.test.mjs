// docs/examples/spark: npm packages as records that an engine pipes through leaklint, and the report of a local run from the answers.
//
// Spark itself is a download of 400 MB and runs only with LEAKLINT_TEST_SPARK=1, on a `python3` that has PySpark, with Java. CI
// leaves it out: there the records of the example go through its command line as rdd.pipe sends them.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLEAN, LEAK, lacks, onPath, program, project, root, run, write } from './support.mjs';

const example = join(root, 'docs/examples/spark');

/** Sources of three packages: what is linted, what is not, and what JSON has to escape. */
const PACKAGES = {
  'one-1.0.0': { 'index.js': LEAK, 'lib/a b.mjs': `// \u{1F600} "ü"\u2028\n${LEAK}`, 'types.d.ts': CLEAN, 'readme.md': LEAK },
  'two-2.0.0': { 'src/deep/er.ts': LEAK, 'dist/two.cjs': LEAK, 'test/a.js': LEAK, 'bad.js': 'setInterval(() => {, 1);' },
  'three-3.0.0': { 'clean.js': CLEAN, 'node_modules/inside/index.js': LEAK, 'part.vue': `<script>\n${LEAK}</script>\n` },
};

/** What rdd.pipe does for each partition, side by side: a program without environment, a thread that writes, lines that are read. */
const ENGINE = `
import glob, os, shlex, subprocess, sys, threading
import leaks
lines = [line for path in sorted(glob.glob('packages/*.tgz')) for line in leaks.records((path, open(path, 'rb').read()))]
parts = [lines[at::4] for at in range(4)] + [[]]
os.mkdir('answers')
def pipe(at):
    command = shlex.split(leaks.command())
    child = subprocess.Popen(command, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    def feed():
        for line in parts[at]:
            child.stdin.write((line + '\\n').encode())
        child.stdin.close()
    threading.Thread(target=feed).start()
    answers = [line for line in iter(child.stdout.readline, b'')]
    if child.wait() != 0 or len(answers) != len(parts[at]):
        os._exit(1)
    open(f'answers/part-{at:05}', 'wb').write(b''.join(answers))
threads = [threading.Thread(target=pipe, args=(at,)) for at in range(len(parts))]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(lines))
`;

/** A folder as the page asks for it: packages as tarballs, their sources beside them, the example. */
function folder(t, packages = PACKAGES) {
  const cwd = project(t);
  mkdirSync(join(cwd, 'packages'));
  for (const [name, files] of Object.entries(packages)) {
    write(join(cwd, 'packed', name, 'package'), files);
    write(join(cwd, 'sources', name), files);
    const packed = run('tar', ['-czf', join(cwd, 'packages', `${name}.tgz`), 'package'], { cwd: join(cwd, 'packed', name) });
    assert.equal(packed.status, 0, packed.stderr);
  }
  copyFileSync(join(example, 'leaks.py'), join(cwd, 'leaks.py'));
  return cwd;
}

/** The answers make the report that a local run makes; says how many results it has. */
function assertEqualsLocalRun(cwd, env) {
  const parts = readdirSync(join(cwd, 'answers')).filter((name) => name.startsWith('part-'));
  assert.ok(parts.some((name) => readFileSync(join(cwd, 'answers', name), 'utf8') === ''), 'a partition without records');
  const merged = run(program, ['merge', ...parts.map((name) => join('answers', name)), '-o', 'leaks.sarif', '--exit-code'], { cwd, env });
  assert.equal(merged.status, 1, merged.stderr);
  const options = ['--no-config', '--no-baseline', '--no-ignore', '--report', 'sarif=../local.sarif', '--format', 'json'];
  const local = run(program, ['check', '.', ...options], { cwd: join(cwd, 'sources'), env });
  assert.equal(local.status, 1, local.stderr);
  const report = readFileSync(join(cwd, 'leaks.sarif'), 'utf8');
  assert.equal(report, readFileSync(join(cwd, 'local.sarif'), 'utf8'));
  return JSON.parse(report).runs[0].results.length;
}

test('the records of packages, piped by an engine, give the report of a local run', (t) => {
  if (lacks(t, 'python3', 'tar')) return;
  const [cwd, env] = [folder(t), onPath(t)];
  const done = run('python3', ['-c', ENGINE], { cwd, env });
  assert.equal(done.status, 0, done.stderr);
  assert.equal(done.stdout, '9\n', 'all sources but those of node_modules');
  assert.equal(assertEqualsLocalRun(cwd, env), 7);
});

test('a file that is no UTF-8 is told in the report', (t) => {
  if (lacks(t, 'python3', 'tar')) return;
  const [cwd, env] = [folder(t, { 'bad-1.0.0': { 'latin.js': Buffer.from('// \xfc\n', 'latin1'), 'leak.js': LEAK } }), onPath(t)];
  const done = run('python3', ['-c', ENGINE], { cwd, env });
  assert.equal(done.status, 0, done.stderr);
  const merged = run(program, ['merge', ...[0, 1, 2, 3, 4].map((at) => `answers/part-0000${at}`), '--exit-code'], { cwd });
  assert.equal(merged.status, 2);
  const [{ results, invocations: [{ toolExecutionNotifications: [note] }] }] = JSON.parse(merged.stdout).runs;
  assert.equal(results.length, 1);
  assert.equal(note.locations[0].physicalLocation.artifactLocation.uri, 'bad-1.0.0/latin.js');
});

test('the page names what the example uses', () => {
  const page = readFileSync(join(example, 'README.md'), 'utf8');
  const [, pinned] = /^pyspark==(.+)$/.exec(readFileSync(join(example, 'requirements.txt'), 'utf8').trim());
  assert.ok(page.includes(`PySpark ${pinned}`));
  const packages = readFileSync(join(example, 'packages.txt'), 'utf8').trim().split('\n');
  assert.ok(page.includes(`the ${packages.length} packages`), `${packages.length} packages`);
  for (const name of packages) assert.match(name, /^(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/);
});

test('Spark', { skip: process.env.LEAKLINT_TEST_SPARK !== '1' && 'takes PySpark and Java' }, (t) => {
  const [cwd, env] = [folder(t), onPath(t)];
  const done = run('python3', ['leaks.py', 'packages/*.tgz', 'answers', '--partitions', '24'], { cwd, env, timeout: 600_000 });
  assert.equal(done.status, 0, done.stderr);
  assert.equal(assertEqualsLocalRun(cwd, env), 7);
});
