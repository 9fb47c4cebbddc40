// What V8 keeps through a closure: the analysis of closures rests on these, so each is held against the engine itself.
// A claim makes something that should be gone, tracks it, and returns what a long-lived holder would keep.

/** Sloppy code: `eval` that sees the scope around it, `with`, `arguments`. */
const sloppy = (body) => new Function('track', body);

export const claims = {
  'a closure keeps a variable that only its sibling uses': {
    kept: true,
    make(track) {
      const large = track({});
      const use = () => large;
      use();
      return () => 1;
    },
  },
  'a function declaration that nothing calls shares a variable as well': {
    kept: true,
    make(track) {
      const large = track({});
      function never() {
        return large;
      }
      return () => 1;
    },
  },
  'a closure in code that cannot run shares a variable as well': {
    kept: true,
    make(track) {
      const large = track({});
      if (track === undefined) return () => large;
      return () => 1;
    },
  },
  'a callback that runs at once shares a variable as well': {
    kept: true,
    make(track) {
      const large = track({ factor: 2 });
      const sum = [1, 2].reduce((total, item) => total + item * large.factor, 0);
      return () => sum;
    },
  },
  'a method of a local class shares a variable as well': {
    kept: true,
    make(track) {
      const large = track({});
      new (class {
        read() {
          return large;
        }
      })().read();
      return () => 1;
    },
  },
  'a parameter is shared like a variable': {
    kept: true,
    make: (track) => ((large) => [() => large, () => 1][1])(track({})),
  },
  'a variable of an enclosing function is kept through the chain': {
    kept: true,
    make(track) {
      const large = track({});
      const use = () => large;
      const inner = () => {
        const own = 1;
        return () => own;
      };
      use();
      return inner();
    },
  },
  'a variable of an enclosing block is kept through the chain': {
    kept: true,
    make(track) {
      const large = track({});
      const use = () => large;
      use();
      for (const own of [1]) {
        return () => own;
      }
      return undefined;
    },
  },
  'a variable that no closure captures is gone': {
    kept: false,
    make(track) {
      const large = track({ name: 'a' });
      const name = large.name;
      return () => name;
    },
  },
  'a variable of a sibling block is gone': {
    kept: false,
    make(track) {
      {
        const large = track({});
        const use = () => large;
        use();
      }
      return () => 1;
    },
  },
  'a variable of another iteration is gone': {
    kept: false,
    make(track) {
      const closures = [];
      for (const at of [0, 1]) {
        const large = at === 0 ? track({}) : {};
        closures.push(() => large);
      }
      return closures[1];
    },
  },
  'a variable of an inner function is gone': {
    kept: false,
    make(track) {
      const fill = () => {
        const large = track({});
        const use = () => large;
        use();
      };
      fill();
      return () => 1;
    },
  },
  'a closure in a parameter default does not share the variables of the body': {
    kept: false,
    make(track, closure = () => 1) {
      const large = track({});
      const use = () => large;
      use();
      return closure;
    },
  },
  'a method of a returned object shares a variable': {
    kept: true,
    make(track) {
      const large = track({});
      const use = () => large;
      use();
      return {
        one() {
          return 1;
        },
      };
    },
  },
  'an instance of a local class keeps what surrounds the class': {
    kept: true,
    make(track) {
      const large = track({});
      const use = () => large;
      use();
      return new (class {})();
    },
  },
  'a shared variable set to null lets go': {
    kept: false,
    make(track) {
      let large = track({});
      const use = () => large;
      use();
      large = null;
      return () => 1;
    },
  },
  'a scalar read outside lets go of the whole': {
    kept: false,
    make(track) {
      const large = track([1, 2, 3]);
      const { length } = large;
      return () => length;
    },
  },
  'an arrow that uses `this` makes its sibling keep `this`': {
    kept: true,
    make(track) {
      return function () {
        track(this);
        const use = () => this;
        use();
        return () => 1;
      }.call({});
    },
  },
  'without such an arrow `this` is gone': {
    kept: false,
    make(track) {
      return function () {
        track(this);
        return () => 1;
      }.call({});
    },
  },
  'a function (not an arrow) that uses its own `this` does not share the outer one': {
    kept: false,
    make(track) {
      return function () {
        track(this);
        const use = function () {
          return this;
        };
        use();
        return () => 1;
      }.call({});
    },
  },
  'direct eval in the kept closure keeps every variable around it': {
    kept: true,
    make: sloppy('const large = track({}); return () => eval("1");'),
  },
  'direct eval in a sibling keeps every variable around it': {
    kept: true,
    make: sloppy('const large = track({}); const use = () => eval("1"); use(); return () => 1;'),
  },
  'indirect eval keeps nothing': {
    kept: false,
    make: sloppy('const large = track({}); const use = () => (0, eval)("1"); use(); return () => 1;'),
  },
  '`with` in a closure keeps a variable that it names, even if its object has the name': {
    kept: true,
    make: sloppy('const large = track({}); return () => { with ({ large: 1 }) { return large; } };'),
  },
  '`with` in a closure does not keep a variable that it does not name': {
    kept: false,
    make: sloppy('const large = track({}); return () => { with ({}) { return 1; } };'),
  },
  'an arrow that uses `arguments` keeps all of them': {
    kept: true,
    make: sloppy('return (function () { const count = () => arguments.length; count(); return () => 1; })(track({}));'),
  },
  'a bound function keeps its arguments': {
    kept: true,
    make: (track) => Math.max.bind(null, track({})),
  },
  'an async frame lives while the promise that it awaits is reachable': {
    kept: true,
    make(track) {
      let resolve;
      const promise = new Promise((done) => {
        resolve = done;
      });
      (async () => {
        const large = track({});
        await promise;
        return large;
      })();
      return [promise, resolve];
    },
  },
  'a suspended generator keeps its variables': {
    kept: true,
    make(track) {
      const suspended = (function* () {
        const large = track({});
        yield 1;
        yield large;
      })();
      suspended.next();
      return suspended;
    },
  },
  'an async frame is gone with a promise that nothing reaches': {
    kept: false,
    make(track) {
      (async () => {
        const large = track({});
        await new Promise(() => {});
        return large;
      })();
      return undefined;
    },
  },
  'a finished async frame is gone, its closures keep what they share': {
    kept: true,
    async make(track) {
      const large = track({});
      const use = async () => large;
      await use();
      return () => 1;
    },
  },
};
