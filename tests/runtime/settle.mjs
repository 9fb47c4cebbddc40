// Lets what is due in Node run, and collects garbage; needs `--expose-gc`.

import { setImmediate as turn } from 'node:timers/promises';

/** A WeakRef keeps its target until the end of the job that made or read it, so each collection gets a turn of its own. */
export async function settle() {
  for (let time = 0; time < 4; time += 1) {
    await turn();
    globalThis.gc();
  }
  await turn();
}
