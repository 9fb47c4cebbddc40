import { createServer } from 'node:http';

createServer((request, response) => {
  setInterval(() => response.write('.'), 1000);
}).listen(8080);
