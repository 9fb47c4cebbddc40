// Runs one file in a Node of its own: `node --expose-gc in_node.mjs FILE DRIVER ROUNDS...`, and prints its figures as JSON.

import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Rounds } from './rounds.mjs';
import { settle } from './settle.mjs';

register('./hooks.mjs', import.meta.url);

function figures(rounds) {
  const memory = process.memoryUsage();
  return {
    bytes: memory.heapUsed + memory.external,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    handles: process._getActiveHandles().length,
    ...rounds.figures(),
  };
}

const [file, driver, ...steps] = process.argv.slice(2);
// Warnings about many listeners are what is being proven.
process.removeAllListeners('warning');
const load = (path) => import(pathToFileURL(path));
const rounds = new Rounds(await load(file), await load(driver), settle);
await rounds.prepare();
const taken = [figures(rounds)];
for (const step of steps) {
  await rounds.run(1 + Number(step));
  taken.push(figures(rounds));
}
process.stdout.write(JSON.stringify(taken), () => process.exit(0));
