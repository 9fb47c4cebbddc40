// What the tests of this folder share: the program under test, folders that go away, and a package registry on this machine.
//
//     cargo build && node --test tests/integrations/
//
// LEAKLINT names another program than target/debug/leaklint. A test whose editor or tool is not installed says that it
// did not run; with LEAKLINT_REQUIRE_TOOLS=1 that is a failure.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const program = resolve(process.env.LEAKLINT ?? join(root, 'target/debug/leaklint'));
export const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

// Run from a hook, these would point git at this repository instead of at those that the tests make.
for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) delete process.env[name];

/** One proven `uncleared-interval` (2:3): exit code 1. */
export const LEAK = "require('http').createServer((req, res) => {\n  setInterval(() => res.end(), 10);\n});\n";

/** Nothing to find. */
export const CLEAN = 'export const answer = 42;\n';

/** A folder with these files, which goes away with the test. */
export function project(t, files = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leaklint-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  write(folder, files);
  return folder;
}

export function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Runs a command to its end: { status, signal, stdout, stderr }. What it cannot start is an error. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000, ...options });
  if (done.error) throw done.error;
  return done;
}

/** The same, without blocking this process, which may be serving it. */
export function runBeside(command, args, { input = '', ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { timeout: 120_000, ...options });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (out.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (out.stderr += text));
    child.on('error', reject).on('close', (status, signal) => resolve({ status, signal, ...out }));
    // Who does not read its input may have ended before it is written.
    child.stdin.on('error', (error) => error.code === 'EPIPE' || reject(error)).end(input);
  });
}

/**
 * Whether a tool is missing; a test must not run without it, and must not pass without it where all are required. The tool is
 * looked for and not run: `husky --version` would change this repository.
 */
export function lacks(t, ...tools) {
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', 'command -v -- "$1"', 'sh', tool]).status !== 0);
  if (missing.length === 0) return false;
  if (process.env.LEAKLINT_REQUIRE_TOOLS === '1') throw new Error(`${missing.join(' and ')} must be installed`);
  t.skip(`${missing.join(' and ')} not installed`);
  return true;
}

/** The first block of a language below a heading of a page. */
export function block(page, heading, language) {
  const section = page.split(/^#+ /m).find((part) => part.startsWith(heading));
  const found = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section ?? '');
  if (!found) throw new Error(`there is no ${language} below "${heading}"`);
  return found[1];
}

/** An environment in which `leaklint` and `npx leaklint` are the program under test. */
export function onPath(t) {
  const bin = project(t, {
    leaklint: `#!/bin/sh\nexec '${program}' "$@"\n`,
    npx: '#!/bin/sh\n[ "$1" = leaklint ] || exit 127\nexec "$@"\n',
  });
  for (const name of ['leaklint', 'npx']) chmodSync(join(bin, name), 0o755);
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
}

/** Makes a folder a repository with everything in it staged. */
export function repository(folder) {
  const git = (...args) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@example.invalid');
  git('add', '--all');
  return git;
}

/**
 * Packs the launcher and the program of every platform as npm would publish them; only this platform's program is one.
 * Returns the tarballs' paths by package name.
 */
export function pack(t) {
  const folder = project(t);
  for (const { os, cpu, target } of JSON.parse(readFileSync(join(root, 'npm/platforms.json'), 'utf8'))) {
    const made = join(folder, 'programs', target, os === 'win32' ? 'leaklint.exe' : 'leaklint');
    const isOurs = os === process.platform && cpu === process.arch;
    write(folder, { [relative(folder, made)]: 'the program of another platform' });
    if (!isOurs) continue;
    copyFileSync(program, made);
    execFileSync('strip', [made]);
  }
  const packages = join(folder, 'packages');
  execFileSync(process.execPath, [join(root, 'npm/assemble.mjs'), join(folder, 'programs'), packages]);
  const folders = readdirSync(packages).map((name) => `./${name}`);
  const packed = run('npm', ['pack', ...folders, '--json', '--pack-destination', folder], { cwd: packages });
  const listing = Object.values(JSON.parse(packed.stdout));
  return Object.fromEntries(listing.map(({ name, filename }) => [name, join(folder, filename)]));
}

/** Serves tarballs as an npm registry on this machine, and answers that nothing else exists. Gives its address. */
export async function registry(t, tarballs) {
  const served = Object.entries(tarballs).map(([name, tarball]) => {
    const bytes = readFileSync(tarball);
    const manifest = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json']));
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    return { name, bytes, manifest, integrity, path: `/tarballs/${encodeURIComponent(name)}.tgz` };
  });
  const server = createServer((request, response) => {
    const asked = decodeURIComponent(request.url);
    const tarball = served.find(({ path }) => decodeURIComponent(path) === asked);
    const named = served.find(({ name }) => `/${name}` === asked);
    if (tarball) return response.end(tarball.bytes);
    if (!named) return response.writeHead(404).end('{}');
    const { name, manifest, integrity, path } = named;
    const dist = { integrity, tarball: `http://127.0.0.1:${server.address().port}${path}` };
    const versions = { [manifest.version]: { ...manifest, dist } };
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: manifest.version }, versions }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
  return `http://127.0.0.1:${server.address().port}/`;
}

/** The environment of an npm that knows only that registry, and nothing of this machine's user. */
export function npmEnvironment(home, address) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|NPM_|LEAKLINT_BINARY$|NO_COLOR$|FORCE_COLOR$)/.test(name));
  writeFileSync(join(home, '.npmrc'), `registry=${address}\ncache=${join(home, 'cache')}\nupdate-notifier=false\naudit=false\nfund=false\n`);
  return { ...Object.fromEntries(inherited), HOME: home, USERPROFILE: home };
}
