/* eslint-disable @typescript-eslint/no-require-imports -- Node requires it before any module of ours */
// `node --require ./cli/tsx.cjs program.ts`: tsx, which compiles TypeScript as it is loaded, without its look for
// ECMAScript syntax in cdktf and the generated providers. They are CommonJS, and large: the look is a sixth of a run on
// the sample.
const Module = require("node:module");

const byNode = Module._extensions[".js"];
require("tsx/cjs");
const byTsx = Module._extensions[".js"];

const COMMON_JS = /[\\/]node_modules[\\/](?:cdktf|constructs|@cdktf)[\\/]/;
Module._extensions[".js"] = (module, filename) => (COMMON_JS.test(filename) ? byNode : byTsx)(module, filename);
