// Not Express: keeps handlers by method and path, so that a driver can call one as a request would.

class Routes {
  handlers = new Map();
  locals = {};

  get(path, handler) {
    this.handlers.set(`GET ${path}`, handler);
  }

  post(path, handler) {
    this.handlers.set(`POST ${path}`, handler);
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

export default () => new Routes();
