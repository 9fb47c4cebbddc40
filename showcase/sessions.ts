// A store whose end remembers one of its two intervals.
export class SessionStore {
  private readonly sessions = new Map<string, { user: string; seen: number }>();
  private readonly sweeper = setInterval(() => this.sweep(), 60_000);
  private readonly reporter = setInterval(() => console.log(this.sessions.size), 5_000);

  open(id: string, user: string): void {
    this.sessions.set(id, { user, seen: Date.now() });
  }

  close(): void {
    clearInterval(this.sweeper);
    this.sessions.clear();
  }

  private sweep(): void {
    const limit = Date.now() - 30 * 60_000;
    for (const [id, session] of this.sessions) {
      if (session.seen < limit) this.sessions.delete(id);
    }
  }
}
