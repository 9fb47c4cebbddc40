// Makes the folders that are published to npm, out of built programs:
//
//     node npm/assemble.mjs PROGRAMS OUT
//
// PROGRAMS holds one folder per target (`x86_64-unknown-linux-gnu/leaklint`); OUT gets `leaklint`, the launcher, and one
// folder per platform that has a program. Every platform of platforms.json must have one, unless `--partial` is given.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const platforms = JSON.parse(readFileSync(join(root, 'npm/platforms.json'), 'utf8'));
const launcher = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Where the project lives: `repository` in Cargo.toml is the one place that says so. */
function repository() {
  const line = /^repository = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
  return line ? { repository: { type: 'git', url: `git+${line[1]}.git` } } : {};
}

function write(folder, manifest, files) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...manifest, ...repository() }, null, 2)}\n`);
  for (const [from, name] of files) {
    const to = join(folder, name);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}

function platformPackage({ os, cpu, target }, programs, out) {
  const file = os === 'win32' ? 'leaklint.exe' : 'leaklint';
  const program = join(programs, target, file);
  if (!existsSync(program)) return program;
  const manifest = {
    name: `@leaklint/${os}-${cpu}`,
    version: launcher.version,
    description: `The program of leaklint for ${os} on ${cpu}`,
    license: launcher.license,
    os: [os],
    cpu: [cpu],
    files: [file],
    // A program inside a zip file cannot be run.
    preferUnplugged: true,
  };
  const folder = join(out, `${os}-${cpu}`);
  write(folder, manifest, [[program, file], [join(root, 'LICENSE'), 'LICENSE']]);
  chmodSync(join(folder, file), 0o755);
  return undefined;
}

const args = process.argv.slice(2).filter((arg) => arg !== '--partial');
if (args.length !== 2) {
  console.error('usage: node npm/assemble.mjs PROGRAMS OUT [--partial]');
  process.exit(2);
}
const [programs, out] = args;
const missing = platforms.map((platform) => platformPackage(platform, programs, out)).filter(Boolean);
if (missing.length > 0 && !process.argv.includes('--partial')) {
  console.error(`no program at\n  ${missing.join('\n  ')}`);
  process.exit(1);
}
const shared = ['npm/leaklint.js', 'README.md', 'LICENSE'].map((file) => [join(root, file), file]);
// Where configurations name it: `"$schema": "./node_modules/leaklint/schema.json"`.
shared.push([join(root, 'docs/schema.json'), 'schema.json']);
write(join(out, 'leaklint'), launcher, shared);
