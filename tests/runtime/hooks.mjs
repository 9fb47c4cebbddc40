// Resolves packages that fixtures import to the stubs beside this file: `react` is `stubs/react.mjs`.

import { existsSync } from 'node:fs';

export async function resolve(specifier, context, next) {
  const stub = new URL(`stubs/${specifier}.mjs`, import.meta.url);
  const isPackage = /^[a-z@][\w./-]*$/.test(specifier);
  return isPackage && existsSync(stub) ? { url: stub.href, shortCircuit: true } : next(specifier, context);
}
