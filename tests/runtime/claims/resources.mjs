// What Node keeps until it is closed: sockets, watches, channels, observers, threads.

import { createHook } from 'node:async_hooks';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { connect, createServer } from 'node:net';
import { PerformanceObserver } from 'node:perf_hooks';
import { BroadcastChannel, Worker } from 'node:worker_threads';

const nothing = () => {};
const folder = new URL('.', import.meta.url);
const server = createServer((socket) => socket.resume());

/** A connection that nobody refers to any more, and what is done to it. */
const connection = (then) => async (track) => {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = track(connect(server.address().port, '127.0.0.1'));
  await once(socket, 'connect');
  then(socket);
};

const observing = (then) => (track) => {
  const observer = track(new PerformanceObserver(nothing));
  observer.observe({ type: 'mark' });
  then(observer);
};

const thread = (script, event) => async (track) => {
  const worker = track(new Worker(script, { eval: true }));
  await once(worker, event);
};

export const claims = {
  'a connected socket lives although nothing refers to it': { kept: true, make: connection(nothing) },
  'a socket that is destroyed is gone': { kept: false, make: connection((socket) => socket.destroy()) },
  'a server lives only while it listens': {
    kept: false,
    make: (track) => void track(createServer()).on('connection', nothing),
  },
  'a server that listens lives although nothing refers to it': {
    kept: true,
    make: (track) => once(track(createServer()).listen(0, '127.0.0.1'), 'listening').then(nothing),
  },
  'a UDP socket lives although it is not bound': { kept: true, make: (track) => void track(createSocket('udp4')) },
  'a UDP socket that is closed is gone': { kept: false, make: (track) => void track(createSocket('udp4')).close() },
  'a watch lives although nothing refers to it': { kept: true, make: (track) => void track(watch(folder)) },
  'a watch that is closed is gone': { kept: false, make: (track) => track(watch(folder)).close() },
  'a channel lives although it does not listen': {
    kept: true,
    make: (track) => void track(new BroadcastChannel('claim')),
  },
  'a channel that is closed is gone': {
    kept: false,
    make: (track) => track(new BroadcastChannel('claim')).close(),
  },
  'a performance observer lives with the program': { kept: true, make: observing(nothing) },
  'a performance observer that is disconnected is gone': {
    kept: false,
    make: observing((observer) => observer.disconnect()),
  },
  'an enabled hook lives although nothing refers to it': {
    kept: true,
    make: (track) => void track(createHook({ destroy: nothing })).enable(),
  },
  'a thread is gone when its script has ended': { kept: false, make: thread('', 'exit') },
};
