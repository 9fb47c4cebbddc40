// TypeScript: type-only names, enums, namespaces, parameter properties, overloads, casts, decorators.
import type { Shape } from './shape';
import { type Kind, make, type Kind as K2 } from './make';
import fs = require('node:fs');

enum Level {
  Low = 1,
  High = Level.Low << 1,
}
const enum Fixed {
  One = make(Level.High),
}
declare const given: number;
declare function overload(given: number): void;

function overload2(a: string): void;
function overload2(a: number): void;
function overload2(a: unknown, b = a as Shape, c = <K2>b): asserts a is Shape {
  void [a, b, c!, a satisfies unknown];
}

namespace Outer {
  export const inside = given;
  export namespace Inner {
    export const deep = inside;
    use(deep, inside);
  }
  function local(inside: Kind) {
    return inside;
  }
  use(local);
}

@decorate(given)
class Service<T> implements Shape {
  declare untouched: T;
  private field = this.store;
  @decorate(Service) method(@inject(make) given: number): number {
    return given;
  }
  constructor(
    private readonly store: Map<string, T>,
    public given = store,
    @inject(make) protected other?: Kind,
  ) {
    use(store, given, other, this.given);
  }
  get<K extends keyof T>(this: Service<T>, key: K): T[K] {
    const value = this.store.get(key as string) as T;
    return value[key];
  }
}
abstract class Half extends Service<Half> {
  abstract wanted(given: number): void;
}
const generic = <T,>(x: T): T => x;
const typed: typeof given = generic<number>(given);
let definite!: Half;
definite = make(typed);
export type { Shape };
export { Service, fs as files, overload, overload2, Outer, Fixed };
export = definite;

for (const given of [typed] as const) use(given);
function guard(given: unknown): given is Kind {
  return !!given;
}
type Alias = ReturnType<typeof guard>;
interface Holder {
  given: Alias;
  (given: number): typeof typed;
}
const instantiated = make<Holder>;
use(instantiated);
