// Runs proofs: `node prove.mjs [--browser PROGRAM] CASE...`. A case is a folder with `leak.js` and `clean.js` (or `.mjs`,
// `.cjs`) and `drive.mjs`.
// Prints one line of JSON for each case; ends with 1 when one of them proves nothing.
//
// A driver exports:
//   iterate(subject, round, track)  one request, one mount, one instance, ended as its owner would end it;
//                                   `track(object)` watches what should be gone afterwards, and gives it back
//   proof     figures that must grow in the leaking file and stay flat in the clean one (default: survivors)
//   rounds    how many rounds the first measurement takes (default 50); the second takes FACTOR times as many
//   unit      for `bytes`: how much a round leaves behind
//   runsIn    'chromium' for files that need a page
//   prepare(subject, track)  once, before the first round
//   measure(subject)         figures of its own, for example listenerCount
// Figures: survivors (tracked objects that are still alive), bytes (heap and buffers), and in Node timers (that keep the
// process alive) and handles, in a page listeners (on all targets) and nodes.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { register } from 'node:module';
import { join, parse, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { Chromium } from './chromium.mjs';
import { FACTOR, judge } from './judge.mjs';

register('./hooks.mjs', import.meta.url);

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TIMEOUT = 60_000;

async function inNode(folder, name, rounds) {
  const args = ['--expose-gc', join(HERE, 'in_node.mjs'), join(folder, name), join(folder, 'drive.mjs')];
  const steps = [rounds, FACTOR * rounds].map(String);
  const run = promisify(execFile)(process.execPath, [...args, ...steps], { timeout: TIMEOUT });
  const { stdout } = await run.catch((error) => {
    throw new Error(error.killed ? `${name} has not ended after ${TIMEOUT} ms` : error.stderr);
  });
  return JSON.parse(stdout);
}

async function inPage(browser, name, rounds) {
  const page = await browser.open();
  const call = (what, ...args) =>
    page.evaluate(`import('/harness/in_page.mjs').then((page) => page.${what}(...${JSON.stringify(args)}))`);
  const taken = [];
  await call('start', `/case/${name}`, '/case/drive.mjs');
  for (const step of [0, rounds, FACTOR * rounds]) {
    await call('run', step);
    await page.collectGarbage();
    taken.push({ ...(await page.counters()), ...(await call('figures')) });
  }
  await page.close();
  return taken;
}

function source(folder, stem) {
  const name = readdirSync(folder).find((file) => /\.[cm]?js$/.test(file) && parse(file).name === stem);
  if (!name) throw new Error(`no ${stem}.js`);
  return name;
}

/** Figures above those before the first round. */
function grown(taken, metric) {
  const [before, first, second] = taken.map((figures) => figures[metric]);
  if (second === undefined) throw new Error(`nothing measures ${metric}`);
  return { first: first - before, second: second - before };
}

async function prove(folder, browser) {
  const driver = await import(pathToFileURL(join(folder, 'drive.mjs')));
  const { proof = ['survivors'], rounds = 50, unit = 1, runsIn = 'node' } = driver;
  const [first, second] = [source(folder, 'leak'), source(folder, 'clean')];
  const [leak, clean] =
    runsIn === 'chromium'
      ? [await inPage(browser(folder), first, rounds), await inPage(browser(folder), second, rounds)]
      : await Promise.all([inNode(folder, first, rounds), inNode(folder, second, rounds)]);
  const figures = proof.map((metric) => {
    const [size, left, right] = [metric === 'bytes' ? unit : 1, grown(leak, metric), grown(clean, metric)];
    return { metric, leak: left, clean: right, reasons: judge(metric, rounds, size, left, right) };
  });
  return { case: folder, runsIn, rounds, figures, reasons: figures.flatMap(({ reasons }) => reasons) };
}

const { values, positionals } = parseArgs({ options: { browser: { type: 'string' } }, allowPositionals: true });
let chromium;
/** One browser serves all cases. */
const browser = (folder) => {
  chromium ??= new Chromium(values.browser ?? 'chromium', { harness: HERE });
  chromium.files.case = folder;
  return chromium;
};
for (const folder of positionals.map((path) => resolve(path))) {
  const failed = (error) => ({ case: folder, figures: [], reasons: [error.message] });
  const line = await prove(folder, browser).catch(failed);
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (line.reasons.length > 0) process.exitCode = 1;
}
await chromium?.close();
