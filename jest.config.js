// Three projects: `unit` needs nothing but Node; `live` talks to real servers (test/live/README.md); `pods` runs in a
// Kubernetes of containers (test/pods/README.md).
const transform = {
  "^.+\\.[tj]s$": [
    "@swc/jest",
    { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
  ],
};
// Packages that are ECMAScript modules alone: jest loads them as CommonJS, like everything else.
const transformIgnorePatterns = [
  "/node_modules/(?!(@kubernetes/client-node|openid-client|oauth4webapi|jose|jsonpath-plus)/)",
];
// Coverage is taken by jest's own runner alone. Without, unit tests run in plain Node, in half the time.
const coverage = process.argv.includes("--coverage");
/** @type {import("jest").Config} */
module.exports = {
  // Jest leaves a core idle by default, which on two cores is half of them. Live tests run one file at a time
  // (--runInBand).
  maxWorkers: "100%",
  coverageProvider: "v8",
  collectCoverageFrom: [
    "model/**/*.ts",
    "policies/**/*.ts",
    "constructs/**/*.ts",
    "stacks/**/*.ts",
    "access/**/*.ts",
    "resource-types/**/*.ts",
  ],
  coverageThreshold: { global: { lines: 95 } },
  projects: [
    {
      displayName: "unit",
      ...(coverage
        ? { transform, transformIgnorePatterns }
        : { runner: "jest-light-runner", setupFiles: ["<rootDir>/test/helpers/light-runner.mjs"] }),
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/live/", "<rootDir>/test/pods/"],
      modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/.tmp"],
    },
    ...["live", "pods"].map((name) => ({
      displayName: name,
      transform,
      transformIgnorePatterns,
      testEnvironment: "node",
      testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
      modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/.tmp"],
    })),
  ],
};
