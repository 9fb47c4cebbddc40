// Decides from two sets of figures whether a leak is proven. Pure, so that it can be tested by itself.

/** Rounds of the second measurement as a multiple of the first. */
export const FACTOR = 4;
/** What may be left over at any time: the last round's objects are often still on a stack. */
const SLACK = 2;
/** The share of rounds that must leave something behind in the leaking file. */
const SHARE = 0.9;

/**
 * Figures are counted in units per round: 1 is "each round leaves one behind".
 * `figures` are `{ first, second }`: what was left after `rounds` and after FACTOR * `rounds` rounds.
 * Gives the reasons why this is no proof; none means proven.
 */
export function judge(metric, rounds, unit, leak, clean) {
  const reasons = [];
  const shown = (figures) => `${figures.first / unit} after ${rounds} and ${figures.second / unit} after ${FACTOR * rounds} rounds`;
  if (leak.first / unit < SHARE * rounds || leak.second / unit < SHARE * FACTOR * rounds) {
    reasons.push(`${metric} of the leaking file do not grow with the rounds: ${shown(leak)}`);
  }
  if ((clean.second - clean.first) / unit > SLACK) {
    reasons.push(`${metric} of the clean file grow: ${shown(clean)}`);
  }
  if (clean.second > leak.second / 2) {
    reasons.push(`${metric} of the clean file are not clearly fewer: ${shown(clean)} against ${shown(leak)}`);
  }
  return reasons;
}
