// Not MobX: objects whose fields remember the reactions that read them, as MobX's observables do.

let running;

/** Makes the own fields of an object observable. */
export function observable(fields) {
  const made = {};
  for (const [name, initial] of Object.entries(fields)) {
    let value = initial;
    const readers = new Set();
    Object.defineProperty(made, name, {
      get() {
        if (running) {
          readers.add(running);
          running.sources.add(readers);
        }
        return value;
      },
      set(next) {
        value = next;
        for (const reader of [...readers]) reader.run();
      },
    });
  }
  return made;
}

function dispose(reaction) {
  for (const readers of reaction.sources) readers.delete(reaction);
  reaction.sources.clear();
}

export function autorun(view) {
  const own = { sources: new Set() };
  own.run = () => {
    dispose(own);
    const outer = running;
    running = own;
    try {
      view();
    } finally {
      running = outer;
    }
  };
  own.run();
  return () => dispose(own);
}

export function reaction(expression, effect) {
  let previous;
  let first = true;
  return autorun(() => {
    const value = expression();
    if (!first && !Object.is(value, previous)) effect(value);
    [first, previous] = [false, value];
  });
}
