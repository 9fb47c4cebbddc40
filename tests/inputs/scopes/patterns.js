// Destructuring: declarations, assignments, defaults, computed keys, shorthand.
const key = 'k';
const source = { key, a: { b: [1, { c: 2 }] }, ...extra };
const {
  [key]: byKey = key,
  a: {
    b: [first = key, { c = first, ...tail }],
  },
  ...rest
} = source;
let p, q, r;
({ p, q: [q, ...r] = p, [key]: source.a } = rest);
[p = q, , [q], { r }] = [byKey, first, c, tail];
[source.a, source[key], ...rest] = [p];
[(p), (source.a)] = [q];
p = q = r;
p += q;
r ??= p;
q++;
--r;
(p) = 1;
const swap = ([p, q]) => [q, p];
const { length: p2, length: q2 = p2 } = swap;
function take({ p, q: { r = p } = {}, [key]: z = r }, [first, ...others] = z) {
  p = first;
  [r, ...others] = [z];
  return { p, r, z, others };
}
var { twice } = source,
  twice = take(twice, q2);
var twice;
const methods = {
  key,
  twice() {
    return twice;
  },
  get p() {
    return p;
  },
  set p(p) {
    r = p;
  },
  [key]: key,
  [`${key}`]() {
    return key;
  },
  async *q(q = p) {
    yield q;
  },
  r: function r() {
    return r;
  },
  __proto__: source,
};
tag`${methods} ${`${key}`}`;
export { p as exported, q };
export const { a: shownA, b: [shownB] = shownA } = source;
