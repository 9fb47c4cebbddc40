export class Session {
  entries = new Map();

  constructor() {
    window.addEventListener('storage', (event) => this.entries.set(event.key, event.newValue));
  }

  dispose() {
    this.entries.clear();
  }
}
