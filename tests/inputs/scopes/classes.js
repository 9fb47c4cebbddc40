// Classes: names inside and outside, heritage, computed keys, fields, static blocks, private names.
import base, * as everything from 'base';
import { mixin, Mixed as Renamed } from './mixin.js';

const key = 'key';
class Plain extends base {
  static count = Plain.total(key);
  static #secret = () => Plain.#secret;
  [key] = key;
  field = (key) => key;
  #own = this.field(key);
  static {
    const key = Plain;
    var hidden = key;
    use(key, hidden);
  }
  constructor(key, Plain) {
    super(key);
    this.made = new Plain(everything);
  }
  [`${key}s`](key) {
    return this.#own + key + super.field(key);
  }
  static [key + Plain.count]() {
    return Plain;
  }
  get key() {
    return key;
  }
  set key(value) {
    key2 = value;
  }
}
let key2 = Plain;
const expressed = class Inner extends mixin(Renamed) {
  static self = Inner;
  clone() {
    return new Inner();
  }
};
const shadowed = class key {
  static key = key;
};
const anonymous = class extends expressed {};
const heritage = class Loop extends wrap(() => key2) {};
export default class Plain2 extends Plain {
  again() {
    return Plain2;
  }
}
export { shadowed, anonymous as default2, heritage };
{
  new Late();
  class Late {}
  class Plain {}
  use(Late, Plain);
}
function inner() {
  class Plain extends key2 {}
  return Plain;
}
use(inner, Plain);
