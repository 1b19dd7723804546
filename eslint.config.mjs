import { join } from "node:path";
import { fileURLToPath } from "node:url";
import tseslint from "typescript-eslint";
import { importX } from "eslint-plugin-import-x";

const root = fileURLToPath(new URL(".", import.meta.url));

// The import rule: which folder may import which (docs/architecture.md). test/house/imports.test.ts holds the same
// table against the files.
export const mayImport = {
  model: [],
  config: ["model"],
  "policies/write": ["model"],
  "policies/evaluate": ["policies/write/index.ts", "model"],
  "resource-types": ["policies/write/index.ts", "policies/evaluate/index.ts", "model"],
  constructs: ["model", "policies/write/index.ts"],
  stacks: ["constructs", "model", "policies/write/index.ts", "resource-types/index.ts"],
  access: ["resource-types/index.ts", "policies/write/index.ts", "policies/evaluate/index.ts", "model"],
  cli: [
    "access",
    "resource-types/index.ts",
    "policies/write/index.ts",
    "policies/evaluate/index.ts",
    "model",
    "config",
    "constructs",
    "stacks/index.ts",
  ],
  ci: ["cli", "access", "model"],
};

const zones = Object.entries(mayImport).map(([folder, allowed]) => ({
  target: join(root, folder),
  from: root,
  except: [folder, "node_modules", "package.json", ...allowed].map((f) => `./${f}`),
  message:
    `${folder}/ may import ` +
    `${allowed.length ? allowed.map((a) => `${a}/`).join(", ") : "nothing of ours"} (the import ` +
    `rule in eslint.config.mjs).`,
}));

export default tseslint.config(
  { ignores: ["node_modules", "cdktf.out", ".tmp", "coverage", "dist", "*.js"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    plugins: { "import-x": importX },
    settings: { "import-x/resolver": { node: { extensions: [".ts", ".js"] } } },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-duplicates": ["error", { "prefer-inline": true }],
      "import-x/no-restricted-paths": ["error", { basePath: root, zones }],
      "no-restricted-imports": [
        "error",
        {
          paths: ["vault", "kubernetes", "helm", "random"].map((p) => ({
            name: `@cdktf/provider-${p}`,
            message:
              `Import @cdktf/provider-${p}/lib/<resource>: the package root loads every ` +
              `resource and triples the start-up time.`,
          })),
        },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      eqeqeq: ["error", "always"],
      "no-console": "error",
    },
  },
  { files: ["main.ts", "cli/**/*.ts", "ci/**/*.ts", "test/**/*.ts", "bench/**/*.ts"], rules: { "no-console": "off" } },
);
