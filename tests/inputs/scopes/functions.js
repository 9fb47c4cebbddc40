// Names of functions: declared, expressed, shadowed by their own parameters and variables.
const outer = 1;
const named = function named(n) {
  return n > 0 ? named(n - 1) : outer;
};
const shadowedByParam = function self(self) {
  return self;
};
const shadowedByVar = function own() {
  var own = outer;
  return own;
};
const shadowedByInner = function nest() {
  function nest() {
    return nest;
  }
  return nest;
};
named(shadowedByParam, shadowedByVar, shadowedByInner);

hoisted(later);
function hoisted(a, a2 = a, { b, c: [d = b] } = a2, ...rest) {
  return [a, a2, b, d, rest, later];
}
var later = hoisted;

// A default sees the parameters, not the body's variables.
const x = 'outer x';
function defaults(a = () => x, x = a) {
  return [a, x];
}
function bodyVar(a = () => x) {
  let inner = a;
  return [inner, x];
}
function paramAndVar(x, y = () => x) {
  var x;
  return [x, y];
}
defaults(bodyVar, paramAndVar);

const arrow = (x) => (y) => (x) => [x, y, outer];
const concise = ({ x }) => x;
const defaulted = (x = outer, y = (z) => [x, z, y]) => y(x);
arrow(concise, defaulted);

function args() {
  const inner = () => arguments;
  return [arguments, inner];
}
function* generate(n) {
  while (n--) yield n;
  yield* generate(args);
}
async function wait(n) {
  for await (const n of generate()) await n;
  return n;
}
wait(async (wait) => wait);

(function () {
  x;
  {
    let x = 1;
    x++;
  }
  x;
})();
new (function Made() {
  this.made = Made;
})();
undefinedGlobal(typeof alsoUndefined);
