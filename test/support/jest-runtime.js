// Jest's module system, that compiles a file, and reads one of node_modules, once for all test files of a process: each test file still
// runs it anew, in a context of its own. What a test file loads is most of what a short one takes.
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

// Where jest compiles a module. Neither V8 nor Node remembers what this makes; a script it does, in whichever context it runs.
const { compileFunction } = vm;
vm.compileFunction = (source, parameters, options) => {
  const { filename, parsingContext } = options;
  if (parsingContext === undefined || isCovered) return compileFunction(source, parameters, options);
  const head = `(function (${parameters.join(', ')}) {`;
  let script = scripts.get(filename);
  if (script?.source !== source || script.head !== head) {
    const compiled = new vm.Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
    script = { source, head, compiled };
    scripts.set(filename, script);
  }
  return script.compiled.runInContext(parsingContext);
};

module.exports = class extends Runtime {
  constructor(config, environment, resolver, transformer, files, coverage, ...others) {
    super(config, environment, resolver, transformer, new Sources(files), coverage, ...others);
    isCovered = coverage.collectCoverage;
  }
};
