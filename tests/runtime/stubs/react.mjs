// Not React: the least of it that shows what an effect leaves behind. One component at a time renders; effects run
// after it, their clean-ups before the next run and at unmount, as React documents it. No scheduling, no tree, no DOM.

let current;

function slot(make) {
  const at = current.at++;
  return (current.slots[at] ??= make());
}

const same = (left, right) => left?.length === right?.length && left?.every((value, at) => Object.is(value, right[at]));

export function useRef(initial) {
  return slot(() => ({ current: initial }));
}

export function useState(initial) {
  const root = current;
  const cell = slot(() => {
    const own = { value: typeof initial === 'function' ? initial() : initial };
    own.set = (next) => {
      own.value = typeof next === 'function' ? next(own.value) : next;
      if (root.mounted) root.render();
    };
    return own;
  });
  return [cell.value, cell.set];
}

export function useCallback(callback, deps) {
  const cell = slot(() => ({ deps, callback }));
  if (!same(cell.deps, deps)) Object.assign(cell, { deps, callback });
  return cell.callback;
}

export function useEffect(effect, deps) {
  const cell = slot(() => ({ first: true }));
  if (cell.first || !deps || !same(cell.deps, deps)) current.due.push(cell);
  Object.assign(cell, { first: false, deps, effect });
}

// What an effect returned ends it only if it is a function; a promise is none.
function end(cell) {
  if (typeof cell.cleanup === 'function') cell.cleanup();
}

/** Mounts a component; gives `{ update(props), unmount() }`. */
export function mount(component, props) {
  const root = { slots: [], due: [], at: 0, mounted: true };
  root.render = () => {
    [current, root.at] = [root, 0];
    component(props);
    current = undefined;
    for (const cell of root.due.splice(0)) {
      end(cell);
      cell.cleanup = cell.effect();
    }
  };
  root.render();
  const update = (next) => {
    props = next;
    root.render();
  };
  const unmount = () => {
    root.mounted = false;
    root.slots.forEach(end);
  };
  return { update, unmount };
}
