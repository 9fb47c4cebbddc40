// Makes each claim a few times and counts what is left; the same in Node and in a page.

import { Rounds } from '../rounds.mjs';

const ROUNDS = 20;
/** The last round's object is often still on a stack. */
const SLACK = 1;

/** Runs all claims; gives a function that counts, to be called when garbage has been collected. */
export async function make(claims, settle) {
  const made = [];
  for (const [name, { kept, make }] of Object.entries(claims)) {
    const held = [];
    const rounds = new Rounds(held, { iterate: async (subject, round, track) => held.push(await make(track)) }, settle);
    await rounds.run(ROUNDS);
    made.push({ name, kept, rounds });
  }
  return () =>
    made.map(({ name, kept, rounds }) => {
      const left = rounds.figures().survivors;
      const holds = kept ? left >= ROUNDS - SLACK : left <= SLACK;
      return { claim: name, kept, left, of: rounds.refs.length, holds };
    });
}
