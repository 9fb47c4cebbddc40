// What Node keeps: timers, emitters, signals, promises.

import { EventEmitter, once } from 'node:events';
import { Agent, createServer, get } from 'node:http';

const lasting = new EventEmitter();
lasting.setMaxListeners(0);
const never = new AbortController();
const pending = new Promise(() => {});
const settled = Promise.resolve(1);
const HOUR = 3_600_000;

/** A callback that keeps a tracked object. */
const keeping = (track) => {
  const large = track({});
  return () => large;
};

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const server = createServer();

/** One request over a connection that stays open. */
async function exchange(handle) {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  server.once('request', (request, response) => {
    handle(request);
    response.end();
  });
  const [response] = await once(get({ port: server.address().port, host: '127.0.0.1', agent }), 'response');
  await once(response.resume(), 'close');
}

class Service {
  tick() {}

  /** Another arrow of the same scope uses `this`. */
  sharing() {
    this.self = () => this;
    setInterval(() => {}, HOUR);
  }
}

export const claims = {
  'an interval keeps its callback': { kept: true, make: (track) => void setInterval(keeping(track), HOUR) },
  'unref frees nothing': { kept: true, make: (track) => void setInterval(keeping(track), HOUR).unref() },
  'an interval keeps its further arguments': {
    kept: true,
    make: (track) => void setInterval(() => {}, HOUR, track({})),
  },
  'an unbound prototype method given to an interval does not keep its instance': {
    kept: false,
    make: (track) => void setInterval(track(new Service()).tick, HOUR),
  },
  'an interval of a method keeps the instance when a sibling arrow uses `this`': {
    kept: true,
    make: (track) => track(new Service()).sharing(),
  },
  'clearInterval lets go, even if the handle is kept': {
    kept: false,
    make(track) {
      const timer = setInterval(keeping(track), HOUR);
      clearInterval(timer);
      return timer;
    },
  },
  'clearTimeout clears an interval': {
    kept: false,
    make: (track) => clearTimeout(setInterval(keeping(track), HOUR)),
  },
  'clearInterval clears a timeout': {
    kept: false,
    make: (track) => clearInterval(setTimeout(keeping(track), HOUR)),
  },
  'close() of a handle clears it': { kept: false, make: (track) => setInterval(keeping(track), HOUR).close() },
  'Symbol.dispose of a handle clears it': {
    kept: false,
    make: (track) => setInterval(keeping(track), HOUR)[Symbol.dispose](),
  },
  'clearInterval of the number of a handle clears it': {
    kept: false,
    make: (track) => clearInterval(+setInterval(keeping(track), HOUR)),
  },
  'clearInterval of another handle clears nothing': {
    kept: true,
    make: (track) => void setInterval(keeping(track), HOUR) ?? clearInterval(setInterval(() => {}, HOUR)),
  },
  'a timeout that has fired keeps its callback while the handle is kept': {
    kept: true,
    async make(track) {
      const callback = keeping(track);
      let timer;
      await new Promise((resolve) => {
        timer = setTimeout(() => resolve(typeof callback), 0);
      });
      return timer;
    },
  },
  'an interval that clears itself is gone': {
    kept: false,
    async make(track) {
      const large = track({});
      await new Promise((resolve) => {
        const timer = setInterval(() => {
          clearInterval(timer);
          resolve(typeof large);
        }, 1);
      });
    },
  },
  'an emitter keeps its listeners': { kept: true, make: (track) => void lasting.on('one', keeping(track)) },
  'an unbound prototype method given to an emitter does not keep its instance': {
    kept: false,
    make: (track) => void lasting.on('five', track(new Service()).tick),
  },
  'an own emitter is gone with its listeners': {
    kept: false,
    make: (track) => void new EventEmitter().on('one', keeping(track)),
  },
  'once keeps its listener until the event comes': {
    kept: true,
    make: (track) => void lasting.once('never', keeping(track)),
  },
  'once lets go when the event comes': {
    kept: false,
    make: (track) => void lasting.once('soon', keeping(track)).emit('soon'),
  },
  'off removes one of two registrations of one listener': {
    kept: true,
    make(track) {
      const listener = keeping(track);
      lasting.on('two', listener).on('two', listener).off('two', listener);
    },
  },
  'off of another function removes nothing': {
    kept: true,
    make(track) {
      const listener = keeping(track);
      lasting.on('three', listener).off('three', listener.bind(null));
    },
  },
  'off removes what once registered': {
    kept: false,
    make(track) {
      const listener = keeping(track);
      lasting.once('four', listener).off('four', listener);
    },
  },
  'an EventTarget registers one function once': {
    kept: false,
    make(track) {
      const listener = keeping(track);
      never.signal.addEventListener('abort', listener);
      never.signal.addEventListener('abort', listener);
      never.signal.removeEventListener('abort', listener);
    },
  },
  'a long-lived signal that never aborts keeps its listeners, once or not': {
    kept: true,
    make: (track) => never.signal.addEventListener('abort', keeping(track), { once: true }),
  },
  'a listener goes when its signal aborts': {
    kept: false,
    make(track) {
      const controller = new AbortController();
      never.signal.addEventListener('abort', keeping(track), { signal: controller.signal });
      controller.abort();
    },
  },
  'a signal whose controller nobody keeps releases nothing': {
    kept: true,
    make: (track) =>
      never.signal.addEventListener('abort', keeping(track), { signal: new AbortController().signal }),
  },
  'a pending promise keeps what waits for it': { kept: true, make: (track) => void pending.then(keeping(track)) },
  'Promise.race against a pending promise keeps the value that won': {
    kept: true,
    make: (track) => void Promise.race([pending, Promise.resolve(track({}))]),
  },
  'Promise.any against a pending promise keeps the value that won': {
    kept: true,
    make: (track) => void Promise.any([Promise.resolve(track({})), pending]),
  },
  'Promise.any against a pending promise keeps the reasons of the losers': {
    kept: true,
    make: (track) => void Promise.any([Promise.reject(track(new Error('lost'))), Promise.resolve(1), pending]),
  },
  'a race through then keeps the value that won': {
    kept: true,
    make: (track) => void Promise.race([Promise.resolve(track({})), pending.then(() => 1)]),
  },
  'a race against a promise that has settled keeps nothing': {
    kept: false,
    make: (track) => void Promise.race([settled, Promise.resolve(track({}))]),
  },
  'a race against a promise of its own keeps nothing': {
    kept: false,
    make: (track) => void Promise.race([new Promise(() => {}), Promise.resolve(track({}))]),
  },
  'AbortSignal.any is held weakly by a signal that lives long': {
    kept: false,
    make: (track) => void track(AbortSignal.any([never.signal])),
  },
  'AbortSignal.any with a listener is kept by a signal that lives long': {
    kept: true,
    make: (track) => AbortSignal.any([never.signal]).addEventListener('abort', keeping(track)),
  },
  'a listener on a target of its own is not kept by its signal': {
    kept: false,
    make: (track) => new EventTarget().addEventListener('x', keeping(track), { signal: never.signal }),
  },
  'a listener on the socket of a request outlives the request on a kept connection': {
    kept: true,
    make: (track) => exchange((request) => request.socket.on('close', keeping(track))),
  },
  'a listener on a request is gone with it, also on a kept connection': {
    kept: false,
    make: (track) => exchange((request) => request.on('close', keeping(track))),
  },
  'a WeakMap does not keep a key that its own value refers to': {
    kept: false,
    make: (() => {
      const weak = new WeakMap();
      return (track) => {
        const key = track({});
        weak.set(key, { key });
      };
    })(),
  },
};
