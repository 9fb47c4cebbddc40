// Not Redux: a store that keeps its listeners until they leave.

export function createStore(reduce) {
  let state = reduce(undefined, { type: '@@init' });
  const listeners = new Set();
  return {
    getState: () => state,
    dispatch(action) {
      state = reduce(state, action);
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
