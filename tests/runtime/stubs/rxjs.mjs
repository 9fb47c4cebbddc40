// Not RxJS: streams, subscriptions and the few operators that fixtures use, with who holds whom as RxJS has it:
// the source holds the subscriber, and a subscription that ends gives its source up.

class Subscription {
  closed = false;
  #ends = [];

  add(end) {
    if (this.closed) end();
    else this.#ends.push(end);
  }

  unsubscribe() {
    this.closed = true;
    for (const end of this.#ends.splice(0)) end();
  }
}

export class Observable {
  #start;

  constructor(start) {
    this.#start = start;
  }

  pipe(...operators) {
    return operators.reduce((source, operator) => operator(source), this);
  }

  subscribe(next, complete = () => {}) {
    const subscription = new Subscription();
    const observer = {
      next: (value) => subscription.closed || next?.(value),
      complete: () => {
        if (subscription.closed) return;
        subscription.unsubscribe();
        complete();
      },
    };
    const end = this.#start(observer);
    if (end) subscription.add(end);
    return subscription;
  }
}

export class Subject extends Observable {
  observers = new Set();

  constructor() {
    super((observer) => {
      this.observers.add(observer);
      return () => this.observers.delete(observer);
    });
  }

  next(value) {
    for (const observer of [...this.observers]) observer.next(value);
  }

  complete() {
    for (const observer of [...this.observers]) observer.complete();
  }
}

export class BehaviorSubject extends Subject {
  constructor(value) {
    super();
    this.value = value;
  }

  subscribe(next, complete) {
    next(this.value);
    return super.subscribe(next, complete);
  }

  next(value) {
    this.value = value;
    super.next(value);
  }
}

export const interval = (period) =>
  new Observable((observer) => {
    let at = 0;
    const timer = setInterval(() => observer.next(at++), period);
    return () => clearInterval(timer);
  });

const operator = (step) => (source) =>
  new Observable((observer) => {
    const inner = source.subscribe((value) => step(value, observer), observer.complete);
    return () => inner.unsubscribe();
  });

export const map = (project) => operator((value, observer) => observer.next(project(value)));
export const filter = (wanted) => operator((value, observer) => wanted(value) && observer.next(value));

/** Ends when the notifier emits; that the notifier completes does not matter. */
export const takeUntil = (notifier) => (source) =>
  new Observable((observer) => {
    const stop = notifier.subscribe(() => observer.complete());
    const inner = source.subscribe(observer.next, observer.complete);
    return () => {
      stop.unsubscribe();
      inner.unsubscribe();
    };
  });
