// Not ws: a server that emits what a driver tells it to.

import { EventEmitter } from 'node:events';

export class WebSocketServer extends EventEmitter {}
