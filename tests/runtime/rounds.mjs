// The part of a run that is the same in Node and in a page: drive a file, and count which objects are still there.

/** Drives one file. `settle` lets everything run that is due and then collects garbage. */
export class Rounds {
  constructor(subject, driver, settle) {
    this.subject = subject;
    this.driver = driver;
    this.settle = settle;
    this.done = 0;
    this.refs = [];
    // Gives back what it was given, so that it can stand around an expression.
    this.track = (object) => {
      this.refs.push(new WeakRef(object));
      return object;
    };
  }

  /** Warms the file up, so that what is made once is there before the first figure is taken. */
  async prepare() {
    await this.driver.prepare?.(this.subject, this.track);
    await this.run(1);
    this.refs.length = 0;
  }

  /** Runs up to a number of rounds in all. */
  async run(rounds) {
    while (this.done < rounds) {
      await this.driver.iterate(this.subject, this.done, this.track);
      this.done += 1;
    }
    await this.settle();
  }

  /** Tracked objects that are still alive, and what the driver counts itself. */
  figures() {
    const survivors = this.refs.filter((ref) => ref.deref() !== undefined).length;
    return { survivors, ...this.driver.measure?.(this.subject) };
  }
}
