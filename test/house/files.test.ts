import { VERSIONS } from "../../model";
import { projectFiles, sourceFiles, textOf } from "../helpers/source";

const EXACT = /^v?\d+\.\d+(\.\d+)?$/;

describe("versions", () => {
  const manifest = JSON.parse(textOf("package.json")) as {
    readonly [field: string]: { readonly [name: string]: string };
  };
  const lock = JSON.parse(textOf("package-lock.json")) as {
    readonly packages: { readonly [path: string]: { readonly [field: string]: unknown } };
  };
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies };

  test("of packages are exact", () => {
    expect(Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test("of packages are the locked ones", () => {
    const locked = Object.keys(wanted).map((name) => [name, lock.packages[`node_modules/${name}`]?.version]);
    expect(Object.fromEntries(locked)).toEqual(wanted);
    expect({
      dependencies: lock.packages[""]!.dependencies,
      devDependencies: lock.packages[""]!.devDependencies,
    }).toEqual({ dependencies: manifest.dependencies, devDependencies: manifest.devDependencies });
  });

  test("are locked by their digests, and with no address to download them from", () => {
    expect(
      Object.entries(lock.packages)
        .filter(([, { resolved }]) => resolved !== undefined)
        .map(([path]) => path),
    ).toEqual([]);
    expect(
      Object.entries(lock.packages)
        .filter(([, { version }]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(String(version)))
        .map(([path]) => path),
    ).toEqual([]);
    const unlocked = Object.entries(lock.packages).filter(
      ([path, { integrity, link, inBundle }]) => path !== "" && !integrity && !link && !inBundle,
    );
    expect(unlocked.map(([path]) => path)).toEqual([]);
  });

  test("of providers, charts, images and pod security are exact, and in one file", () => {
    const { terraform, providers, charts, podSecurity, images } = VERSIONS;
    expect(terraform).toMatch(/^>= \d+\.\d+\.\d+$/);
    for (const version of [
      ...Object.values(providers),
      ...Object.values(charts).map((chart) => chart.version),
      ...Object.values(images).map((image) => image.tag),
      podSecurity,
    ])
      expect(version).toMatch(EXACT);
    const pinned = [
      ...Object.values(providers),
      ...Object.values(charts).map((chart) => chart.version),
      ...Object.values(images).map((image) => image.tag),
    ];
    const elsewhere = sourceFiles("constructs", "stacks", "config").filter((file) =>
      pinned.some((version) => textOf(file).includes(`"${version}"`)),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe("files", () => {
  const source = /\.(ts|mjs|js|json|md|yaml|yml|sh)$/;

  test("of code have at most 300 lines", () => {
    const long = sourceFiles("")
      .map((file) => [file, textOf(file).split("\n").length - 1] as const)
      .filter(([, lines]) => lines > 300);
    expect(long).toEqual([]);
  });

  test("of code have at most 120 columns", () => {
    const wide = projectFiles()
      .filter((file) => /\.(ts|mjs|js|css|eta|sh)$/.test(file) || /^ci\/[a-z-]+$/.test(file) || file === ".ci/run")
      .flatMap((file) =>
        textOf(file)
          .split("\n")
          // Characters, as a reader counts them.
          .flatMap((line, i) => ([...line].length > 120 ? [`${file}:${i + 1}`] : [])),
      );
    expect(wide).toEqual([]);
  });

  test("name no path of somebody's machine", () => {
    // Put together here, or this file would name some itself.
    const places = ["home", "Users", "root", "work"].map((name) => `/${name}/`);
    const personal = new RegExp(`(^|[\\s"'\`(=:])(${places.join("|")})[\\w.-]|[A-Z]:\\\\\\\\?Users`, "m");
    expect(
      projectFiles().filter((file) => (source.test(file) || !file.includes(".")) && personal.test(textOf(file))),
    ).toEqual([]);
  });

  test("of snapshots end with one line break and have no space at a line's end", () => {
    const untidy = projectFiles("__snapshots__").filter(
      (file) => !/[^\n]\n$/.test(textOf(file)) || /[ \t]$/m.test(textOf(file)),
    );
    expect(untidy).toEqual([]);
  });

  test("of the top are few: a reader sees the whole in main.ts", () => {
    expect(textOf("main.ts").split("\n").length).toBeLessThan(40);
  });
});

test("decisions are numbered without holes, and each is in their index", () => {
  const pages = projectFiles("docs/decisions")
    .map((file) => file.split("/").at(-1)!)
    .filter((name) => name !== "README.md");
  expect(pages.map((name) => name.slice(0, 4))).toEqual(pages.map((_, i) => String(i + 1).padStart(4, "0")));
  expect(pages.filter((name) => !textOf("docs/decisions/README.md").includes(`](${name})`))).toEqual([]);
  expect(pages.filter((name) => !textOf(`docs/decisions/${name}`).startsWith(`# ${name.slice(0, 4)}: `))).toEqual([]);
});
