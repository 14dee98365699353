// Jest's module system, in the one context of `jest-environment.js`: each test file has its own instance of the project's modules, which are
// compiled once for all of a process; what is in node_modules is Node's, and the same for all of them. (What Jest would transform,
// because Node cannot require it, is loaded as the project's own.)
const { createRequire } = require('node:module');
const { dirname, isAbsolute } = require('node:path');
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

const isPackage = (filename) => /[\\/]node_modules[\\/]/.test(filename);
const sources = new Map();
const scripts = new Map();
// Coverage counts by the place in a file, which the head of a script moves.
let isCovered = false;

class Sources extends Map {
  get(filename) {
    return super.get(filename) ?? sources.get(filename);
  }

  set(filename, source) {
    if (isPackage(filename)) sources.set(filename, source);
    return super.set(filename, source);
  }
}

// Where jest compiles a module. Neither V8 nor Node remembers what this makes; a script it does.
const { compileFunction } = vm;
vm.compileFunction = (source, parameters, { parsingContext, ...options }) => {
  if (parsingContext !== globalThis) return compileFunction(source, parameters, { parsingContext, ...options });
  if (isCovered) return compileFunction(source, parameters, options);
  const { filename } = options;
  const head = `(function (${parameters.join(', ')}) {`;
  let script = scripts.get(filename);
  if (script?.source !== source || script.head !== head) {
    const compiled = new vm.Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
    script = { source, head, compiled };
    scripts.set(filename, script);
  }
  return script.compiled.runInThisContext();
};

const found = new Map();

/** Where Node finds what it can load of a package. */
function resolve(from, name, isTransformed) {
  if (!isAbsolute(name) && name.startsWith('.') && !isPackage(from) && !name.includes('node_modules')) return undefined;
  const key = `${dirname(from)}\0${name}`;
  if (!found.has(key)) {
    let path;
    try {
      path = createRequire(from).resolve(name);
    } catch {
      // Jest says it better.
    }
    found.set(key, path === undefined || !isPackage(path) || isTransformed(path) ? undefined : path);
  }
  return found.get(key);
}

module.exports = class extends Runtime {
  constructor(config, environment, resolver, transformer, files, coverage, ...others) {
    super(config, environment, resolver, transformer, new Sources(files), coverage, ...others);
    isCovered = coverage.collectCoverage;
    const mapped = config.moduleNameMapper.map(([pattern]) => new RegExp(pattern));
    this.packageOf = (from, name) =>
      mapped.some((pattern) => pattern.test(name))
        ? undefined
        : resolve(from, name, (path) => transformer.shouldTransform(path));
  }

  requireModuleOrMock(from, name) {
    const path = this.packageOf(from, name);
    return path === undefined ? super.requireModuleOrMock(from, name) : require(path);
  }
};
