import Module from "node:module";

/** The loader behind `require`. Node documents hooks for ECMAScript modules alone; this one is as old as Node. */
type Load = (request: string, parent: unknown, isMain: boolean) => unknown;

/**
 * Imported before cdktf: loads `archiver` when cdktf zips a folder (an asset of kind ARCHIVE, which no stack of ours
 * has) and not at the start. It and its streams are a fifth of what cdktf loads.
 */
const loader = Module as unknown as { _load: Load };
const load = loader._load;
loader._load = (request, parent, isMain) =>
  request === "archiver"
    ? (...words: unknown[]) => (load(request, parent, isMain) as (...words: unknown[]) => unknown)(...words)
    : load(request, parent, isMain);
