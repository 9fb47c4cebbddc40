// Not Express: keeps the handler of each method and path, so that a driver can call one as a request would.

/** Every application that was made, for drivers of files that export none. */
export const apps = [];

class Routes {
  handlers = new Map();
  locals = {};

  get(path, ...handlers) {
    this.handlers.set(`GET ${path}`, handlers.at(-1));
  }

  post(path, ...handlers) {
    this.handlers.set(`POST ${path}`, handlers.at(-1));
  }

  use(handler) {
    this.handlers.set('use', handler);
  }

  listen() {}

  /** Calls the handler of a route: `handle('GET /users/:id', request, response)`. */
  handle(route, request, response) {
    return this.handlers.get(route)(request, response, () => {});
  }
}

export const Router = () => new Routes();

export default function express() {
  const app = new Routes();
  apps.push(app);
  return app;
}

express.json = () => () => {};
