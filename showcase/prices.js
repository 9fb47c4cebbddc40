// The shared feed that the server listens to: made once, at module level, and silent here.
import { EventEmitter } from 'node:events';

export const prices = new EventEmitter();

setInterval(() => prices.emit('change', 'ACME', Math.random()), 1000);
