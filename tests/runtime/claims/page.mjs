// What a browser keeps: targets, media queries, observers, workers, channels, connections.

/** A callback that keeps a tracked object. */
const keeping = (track) => {
  const large = track({});
  return () => large;
};

/** Adds a listener to the window, and takes it off with other options. */
const options = (added, removed) => (track) => {
  const listener = keeping(track);
  window.addEventListener('claim', listener, added);
  window.removeEventListener('claim', listener, removed);
};

/** Observes, and drops the observer. */
const observing = (Observer, target, how) => (track) => new Observer(keeping(track)).observe(target(), how);

const own = () => document.createElement('div');

function shown() {
  const element = own();
  document.body.append(element);
  setTimeout(() => element.remove(), 0);
  return element;
}

/** The address of a worker's script that does nothing. */
const script = URL.createObjectURL(new Blob(['onmessage = () => {}'], { type: 'text/javascript' }));

class Widget {
  onClaim() {}
}

export const claims = {
  'the window keeps its listeners': {
    kept: true,
    make: (track) => window.addEventListener('claim', keeping(track)),
  },
  'an own element is gone with its listeners': {
    kept: false,
    make: (track) => own().addEventListener('click', keeping(track)),
  },
  'the window keeps a handler object': {
    kept: true,
    make: (track) => window.addEventListener('claim', track({ handleEvent() {} })),
  },
  'an unbound prototype method does not keep its instance': {
    kept: false,
    make: (track) => window.addEventListener('claim', track(new Widget()).onClaim),
  },
  'the same function is registered once': {
    kept: false,
    make(track) {
      const listener = keeping(track);
      window.addEventListener('claim', listener);
      window.addEventListener('claim', listener);
      window.removeEventListener('claim', listener);
    },
  },
  'true and { capture: true } are one flag': { kept: false, make: options(true, { capture: true }) },
  'passive and once do not matter to removal': { kept: false, make: options({ passive: true, once: true }, false) },
  'the capture flag matters to removal': { kept: true, make: options(true, undefined) },
  'a listener goes when its signal aborts': {
    kept: false,
    make(track) {
      const controller = new AbortController();
      window.addEventListener('claim', keeping(track), { signal: controller.signal });
      controller.abort();
    },
  },
  'a signal whose controller nobody keeps releases nothing': {
    kept: true,
    make: (track) => window.addEventListener('claim', keeping(track), { signal: new AbortController().signal }),
  },
  'an attribute handler is replaced by the next one': {
    kept: false,
    make(track) {
      window.onclaim = window.onresize = keeping(track);
      window.onclaim = window.onresize = null;
    },
  },
  'a media query with a listener lives although nothing refers to it': {
    kept: true,
    make: (track) => matchMedia('(min-width: 1px)').addEventListener('change', keeping(track)),
  },
  'a removal on a second matchMedia does nothing': {
    kept: true,
    make(track) {
      const listener = keeping(track);
      matchMedia('(min-width: 2px)').addEventListener('change', listener);
      matchMedia('(min-width: 2px)').removeEventListener('change', listener);
    },
  },
  'a removal on the same media query lets go': {
    kept: false,
    make(track) {
      const listener = keeping(track);
      const query = matchMedia('(min-width: 3px)');
      query.addListener(listener);
      query.removeListener(listener);
    },
  },
  'clearTimeout clears an interval': {
    kept: false,
    make: (track) => clearTimeout(setInterval(keeping(track), 3_600_000)),
  },
  'an observer of the body lives although nothing refers to it (resize)': {
    kept: true,
    make: observing(ResizeObserver, () => document.body),
  },
  'an observer of the body lives although nothing refers to it (intersection)': {
    kept: true,
    make: observing(IntersectionObserver, () => document.body),
  },
  'an observer of the body lives although nothing refers to it (mutation)': {
    kept: true,
    make: observing(MutationObserver, () => document.body, { childList: true }),
  },
  'an observer goes with an own element that was shown and removed (resize)': {
    kept: false,
    make: observing(ResizeObserver, shown),
  },
  'an observer goes with an own element that was shown and removed (intersection)': {
    kept: false,
    make: observing(IntersectionObserver, shown),
  },
  'an observer goes with an own element that was shown and removed (mutation)': {
    kept: false,
    make: observing(MutationObserver, shown, { childList: true }),
  },
  'a performance observer lives with the page': {
    kept: true,
    make: (track) => new PerformanceObserver(keeping(track)).observe({ type: 'mark' }),
  },
  'a reporting observer lives with the page': {
    kept: true,
    make: (track) => new ReportingObserver(keeping(track)).observe(),
  },
  'an idle worker lives although nothing refers to it': {
    kept: true,
    make: (track) => void track(new Worker(script)),
  },
  'a worker that is terminated is gone': { kept: false, make: (track) => track(new Worker(script)).terminate() },
  'an audio context lives although nothing plays': { kept: true, make: (track) => void track(new AudioContext()) },
  'an audio context that is closed is gone': {
    kept: false,
    make: (track) => track(new AudioContext()).close().then(() => {}),
  },
  'a peer connection lives although nothing refers to it': {
    kept: true,
    make: (track) => void track(new RTCPeerConnection()),
  },
  'a peer connection that is closed is gone': { kept: false, make: (track) => track(new RTCPeerConnection()).close() },
  'a channel that only speaks is gone': {
    kept: false,
    make: (track) => track(new BroadcastChannel('claim')).postMessage(1),
  },
  'a channel that listens lives although nothing refers to it': {
    kept: true,
    make: (track) => new BroadcastChannel('claim').addEventListener('message', keeping(track)),
  },
  'a channel that is closed is gone': {
    kept: false,
    make(track) {
      const channel = new BroadcastChannel('claim');
      channel.addEventListener('message', keeping(track));
      channel.close();
    },
  },
  'a controller that a fetch alone used is gone': {
    kept: false,
    async make(track) {
      const controller = track(new AbortController());
      await (await fetch('/harness/judge.mjs', { signal: controller.signal })).text();
    },
  },
};
