import { didYouMean, KvPath } from "../../model";
import { ENVIRONMENT_NAME, KEY, NAME, PLATFORM_NAME } from "../../model/rules";
import { counted } from "../counted";
import { OpsError, UsageError } from "../ops/errors";
import type { FoundMount, FoundSet } from "./found";

/** Where the product would have a secret: `<platform>/<app>/<app>-<environment>`. */
export interface Place extends Pick<FoundSet, "app" | "environment" | "path"> {
  readonly platform: string;
}

/** The place that a path is, by the names that a config takes; undefined: it is none. */
export function placeOf(mount: string, path: string): Place | undefined {
  const [platform = "", app = "", name = "", ...more] = path.split("/");
  const environment = name.slice(app.length + 1);
  const isPlace =
    more.length === 0 &&
    name === `${app}-${environment}` &&
    PLATFORM_NAME.accepts(platform) &&
    NAME.accepts(app) &&
    ENVIRONMENT_NAME.accepts(environment);
  return isPlace ? { platform, app, environment, path: new KvPath(mount, path) } : undefined;
}

/** The keys that an app can read from its environment, and the others. */
export function splitKeys(keys: readonly string[]): {
  readonly good: readonly string[];
  readonly odd: readonly string[];
} {
  return { good: keys.filter((key) => KEY.accepts(key)), odd: keys.filter((key) => !KEY.accepts(key)) };
}

/** What one run adopts: a platform's folder in a mount. */
export interface Chosen {
  readonly mount: string;
  readonly platform: string;
  readonly places: readonly Place[];
}

/**
 * The folder with the most places, of those that are asked for. Throws an OpsError where there is none, and a
 * UsageError where two have as many.
 */
export function choosePlatform(mounts: readonly FoundMount[], mount?: string, name?: string): Chosen {
  const second = mounts.filter(({ version }) => version === 2);
  if (mount !== undefined && !second.some(({ path }) => path === mount))
    throw new UsageError(
      `--mount: given ${JSON.stringify(mount)}; accepted: a kv-v2 mount that the token may see: ` +
        `${second.map(({ path }) => path).join(", ") || "there is none"}. ` +
        (didYouMean(
          mount,
          second.map(({ path }) => path),
        ) ?? ""),
    );
  const all = second.flatMap(({ path, secrets }) => secrets.flatMap((each) => placeOf(path, each) ?? []));
  const folders = new Map<string, Chosen>();
  for (const place of all) {
    const key = `${place.path.mount}/${place.platform}`;
    const { places } = folders.get(key) ?? { places: [] };
    folders.set(key, { mount: place.path.mount, platform: place.platform, places: [...places, place] });
  }
  const asked = [...folders.values()].filter((each) => (name ?? each.platform) === each.platform);
  const most = Math.max(...asked.map(({ places }) => places.length));
  const [first, ...others] = asked.filter(({ places }) => places.length === most);
  const have = [...folders].map(([folder, { places }]) => `${folder} (${counted(places.length, "secret")})`).join(", ");
  if (!first)
    throw new OpsError(
      "there is no secret at a path that this product has: <mount>/<platform>/<app>/<app>-<environment>, the " +
        `platform in lower-case letters and digits. ${have ? `There are: ${have}.` : "Nothing was written."} ` +
        "Copy what apps read to such a path, or say --name and --mount.",
    );
  if (others.length > 0)
    throw new UsageError(
      `--name, --mount: given nothing that decides; accepted: one of ${have}. Run it once for each.`,
    );
  return first;
}
