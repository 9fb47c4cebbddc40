#!/usr/bin/env node
// Runs the program of this platform, which npm installed as an optional dependency, with our arguments, streams and
// signals, and ends as it ends. Kept small: it runs before every hook and every keystroke of an editor.
'use strict';

const { spawn } = require('child_process');

/** Exit code: leaklint could not do its job. */
const FAILED = 2;
const { arch, env, platform } = process;
const packageName = `@leaklint/${platform}-${arch}`;

function program() {
  if (env.LEAKLINT_BINARY) return env.LEAKLINT_BINARY;
  const file = platform === 'win32' ? 'leaklint.exe' : 'leaklint';
  try {
    return require.resolve(`${packageName}/${file}`);
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(`leaklint: ${message}`);
  process.exitCode = FAILED;
}

function missing() {
  const { optionalDependencies = {} } = require('../package.json');
  if (!(packageName in optionalDependencies)) {
    return `there is no program for ${platform}-${arch}; build one with \`cargo install\` and set LEAKLINT_BINARY to its path`;
  }
  return [
    `the program for ${platform}-${arch} is missing: the optional package ${packageName} was not installed.`,
    '  Install without `--omit=optional` or `--no-optional`. If node_modules or the lock file came from another platform,',
    '  remove both and install anew. LEAKLINT_BINARY can name a program that is installed otherwise.',
  ].join('\n');
}

function run(path) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // Before the program starts, so that none that comes meanwhile ends the launcher alone.
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  const child = spawn(path, process.argv.slice(2), { stdio: 'inherit' });
  child.on('error', (error) => fail(`cannot run ${path}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    for (const handled of signals) process.removeAllListeners(handled);
    process.kill(process.pid, signal);
  });
}

const path = program();
if (path === undefined) fail(missing());
else run(path);
