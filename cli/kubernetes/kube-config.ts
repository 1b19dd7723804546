import * as nodeModule from "node:module";

/**
 * A module in place of the library's models of every kind of object: 900 files, four fifths of a second. Its
 * kubeconfig alone is used here, which needs none of them.
 */
const NO_MODELS = "data:text/javascript,export const createConfiguration = undefined, ServerConfiguration = undefined;";
const HOOKS = `data:text/javascript,${encodeURIComponent(`
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    return found.url.endsWith("/@kubernetes/client-node/dist/gen/index.js")
      ? { ...found, url: ${JSON.stringify(NO_MODELS)} }
      : found;
  }`)}`;

/**
 * The class of @kubernetes/client-node that reads a kubeconfig and has its credentials ready, without the rest of the
 * library: `makeApiClient` fails. Loaded when it is asked for, since most commands ask no cluster. Source: Node's
 * documentation, "module.register"; where there is none, or it is refused, the whole library is loaded.
 */
export function loadKubeConfig() {
  return (loaded ??= load());
}

let loaded: ReturnType<typeof load> | undefined;

async function load() {
  try {
    // Types say that it is always there.
    (nodeModule as Partial<typeof nodeModule>).register?.(HOOKS);
  } catch {
    // Jest has one that refuses. Without the hooks it is slower, and the same.
  }
  return (await import("@kubernetes/client-node/dist/config.js")).KubeConfig;
}
