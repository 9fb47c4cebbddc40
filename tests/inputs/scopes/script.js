'use strict';
// A script: globals, immediately invoked functions, prototypes, modules by require.
var root = this;
const { EventEmitter: Emitter, once } = require('node:events');
(function (window, undefined) {
  var document = window.document;
  window.root = root;
  document.title = undefined;
})(typeof window === 'undefined' ? globalThis : window);
!(function named() {
  return named;
})();
function Legacy(name) {
  if (!(this instanceof Legacy)) return new Legacy(name);
  this.name = name;
}
Legacy.prototype.get = function get() {
  return get.call(this, Legacy);
};
Legacy.prototype = Object.create(Emitter.prototype, { constructor: { value: Legacy } });
module.exports = Legacy;
exports.once = once;
implicit = root;
var root;
function redeclared() {}
function redeclared(root) {
  return root;
}
redeclared(function () {
  return redeclared;
});
