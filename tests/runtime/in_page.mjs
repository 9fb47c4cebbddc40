// The page's side of a run: `start` once, then `run` and `figures` for each measurement; the browser collects garbage.

import { make } from './claims/all.mjs';
import { Rounds } from './rounds.mjs';

let rounds;
let counting;

/** What is due has run after two turns. */
async function settle() {
  for (let time = 0; time < 2; time += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

export async function start(file, driver) {
  rounds = new Rounds(await import(file), await import(driver), settle);
  await rounds.prepare();
}

export const run = (count) => rounds.run(1 + count);

export const figures = () => rounds.figures();

export async function startClaims(file) {
  counting = await make((await import(file)).claims, settle);
}

export const countClaims = () => counting();
