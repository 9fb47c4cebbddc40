// Headless Chromium, driven over two pipes by the DevTools protocol. Pages get the files of the repository at an address
// that does not exist: every request is answered here, and nothing goes to a network.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A browser that has not been closed so long after its start or its last new page is ended. */
const TIMEOUT = 60_000;
const ORIGIN = 'http://leaklint.invalid';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--remote-debugging-pipe',
];
const PAGE = `<!doctype html><meta charset="utf-8"><title>proof</title>
<script type="importmap">{ "imports": { "react": "/harness/stubs/react.mjs" } }</script>`;

export class Chromium {
  /** `files` maps the first folder of an address to a folder of this machine. */
  constructor(program, files) {
    this.files = files;
    this.profile = mkdtempSync(join(tmpdir(), 'leaklint-chromium-'));
    const args = [...FLAGS, `--user-data-dir=${this.profile}`, 'about:blank'];
    this.process = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.process.once('exit', resolve).once('error', resolve));
    this.watchdog = setTimeout(() => this.process.kill('SIGKILL'), TIMEOUT);
    this.waiting = new Map();
    this.sent = 0;
    this.listen(this.process.stdio[4]);
    const fail = (error) => this.failAll(error);
    this.process.once('error', fail);
    this.process.stdio[3].on('error', fail);
    this.process.once('exit', (code, signal) => fail(new Error(`Chromium ended with ${signal ?? code}`)));
  }

  failAll(error) {
    this.failed = error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  /** Messages are JSON, each ended by a NUL. */
  listen(pipe) {
    let parts = [];
    pipe.on('data', (chunk) => {
      for (let end; (end = chunk.indexOf(0)) >= 0; chunk = chunk.subarray(end + 1)) {
        parts.push(chunk.subarray(0, end));
        this.receive(JSON.parse(Buffer.concat(parts).toString()));
        parts = [];
      }
      parts.push(chunk);
    });
  }

  receive({ id, result, error, method, params, sessionId }) {
    if (method === 'Fetch.requestPaused') this.answer(params, sessionId);
    const call = this.waiting.get(id ?? `${method} ${sessionId}`);
    if (!call) return;
    this.waiting.delete(id ?? `${method} ${sessionId}`);
    if (error) call.reject(new Error(`${call.method}: ${error.message}`));
    else call.resolve(result ?? params);
  }

  wait(key, method) {
    return new Promise((resolve, reject) => {
      if (this.failed) reject(this.failed);
      else this.waiting.set(key, { resolve, reject, method });
    });
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.sent;
    const answer = this.wait(id, method);
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return answer;
  }

  answer({ requestId, request }, sessionId) {
    const [status, type, body] = this.file(new URL(request.url));
    const headers = [{ name: 'Content-Type', value: `${type}; charset=utf-8` }];
    const params = { requestId, responseCode: status, responseHeaders: headers, body: body.toString('base64') };
    this.send('Fetch.fulfillRequest', params, sessionId).catch(() => {});
  }

  file(url) {
    if (url.pathname === '/') return [200, 'text/html', Buffer.from(PAGE)];
    const [, top, ...rest] = decodeURIComponent(url.pathname).split('/');
    const folder = this.files[top];
    if (url.origin !== ORIGIN || !folder || !/\.m?js$/.test(url.pathname)) return [404, 'text/plain', Buffer.from('')];
    try {
      return [200, 'text/javascript', readFileSync(join(folder, ...rest))];
    } catch {
      return [404, 'text/plain', Buffer.from('')];
    }
  }

  /** A page of its own, with nothing shared with the others. */
  async open() {
    this.watchdog.refresh();
    const { browserContextId } = await this.send('Target.createBrowserContext');
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId, browserContextId);
    await page.send('Page.enable');
    await page.send('Fetch.enable');
    const loaded = this.wait(`Page.loadEventFired ${sessionId}`, 'load');
    await page.send('Page.navigate', { url: `${ORIGIN}/` });
    await loaded;
    return page;
  }

  async close() {
    await this.send('Browser.close').catch(() => {});
    await this.ended;
    clearTimeout(this.watchdog);
    // Its helpers may still be writing there.
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

class Page {
  constructor(browser, sessionId, context) {
    Object.assign(this, { browser, sessionId, context });
  }

  send(method, params) {
    return this.browser.send(method, params, this.sessionId);
  }

  /** The value of an expression, awaited. */
  async evaluate(expression) {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails: failure } = await this.send('Runtime.evaluate', params);
    if (failure) throw new Error(failure.exception?.description ?? failure.text);
    return result.value;
  }

  async collectGarbage() {
    for (let time = 0; time < 4; time += 1) {
      await this.send('HeapProfiler.collectGarbage');
    }
  }

  /** What the browser counts: listeners on all targets, DOM nodes, bytes of the heap. */
  async counters() {
    const { nodes, jsEventListeners: listeners } = await this.send('Memory.getDOMCounters');
    const { usedSize: bytes } = await this.send('Runtime.getHeapUsage');
    return { nodes, listeners, bytes };
  }

  close() {
    return this.browser.send('Target.disposeBrowserContext', { browserContextId: this.context });
  }
}
