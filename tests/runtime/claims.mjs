// Holds claims about the runtime against it: `node --expose-gc claims.mjs [--browser PROGRAM] node|page`. Prints one line
// of JSON for each claim; ends with 1 when one of them is wrong.

import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { make } from './claims/all.mjs';
import { Chromium } from './chromium.mjs';
import { settle } from './settle.mjs';

async function inNode() {
  process.removeAllListeners('warning');
  // Connections that are kept alive are closed after a while: they come last.
  const names = ['contexts', 'resources', 'node'];
  const sets = await Promise.all(names.map((name) => import(`./claims/${name}.mjs`)));
  const count = await make(Object.assign({}, ...sets.map(({ claims }) => claims)), settle);
  await settle();
  return count();
}

async function inPage(program) {
  const chromium = new Chromium(program, { harness: fileURLToPath(new URL('.', import.meta.url)) });
  const page = await chromium.open();
  await page.evaluate("import('/harness/in_page.mjs').then((page) => page.startClaims('/harness/claims/page.mjs'))");
  await page.collectGarbage();
  const counted = await page.evaluate("import('/harness/in_page.mjs').then((page) => page.countClaims())");
  await chromium.close();
  return counted;
}

const { values, positionals } = parseArgs({ options: { browser: { type: 'string' } }, allowPositionals: true });
const counted = positionals.includes('page') ? await inPage(values.browser ?? 'chromium') : await inNode();
const lines = counted.map((line) => `${JSON.stringify(line)}\n`).join('');
process.stdout.write(lines, () => process.exit(counted.every(({ holds }) => holds) ? 0 : 1));
