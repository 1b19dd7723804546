import { dirname, join, relative, resolve, sep } from "node:path";
import { isObject, type JsonObject } from "../../access";
import { Duration, USERPASS_MOUNT, type AppConfig, type DurationText, type PlatformConfig } from "../../model";
import { LINE } from "../../model/rules";
import { isServer, VERSIONS } from "../../model/versions";
import type { Found, FoundSet } from "./found";
import { peopleConfig, type People } from "./people";
import { splitKeys, type Chosen } from "./places";

/** The owner of an app of whom nobody has said one. */
export const NO_OWNER = "nobody said so far";

/** The one Vault of an adopted config. */
export const VAULT = "main";

/** Where the Vault is, and which server it is. */
export interface Server {
  readonly address: string;
  readonly version: string;
}

/** The arguments of the one thing of a type that a name means. */
export function objectIn({ now }: Found, type: string, key: string, name: string): JsonObject | undefined {
  return now.objects.find((object) => object.type === type && object.values[key] === name)?.values;
}

/** A config of the sets alone. */
export function configOf(found: Found, server: Server, chosen: Chosen, sets: readonly FoundSet[]): PlatformConfig {
  const environments = [...new Set(sets.map(({ environment }) => environment))];
  const apps = [...new Set(sets.map(({ app }) => app))];
  const userpass = objectIn(found, "vault_auth_backend", "path", USERPASS_MOUNT);
  const tune = isObject(userpass?.tune) ? userpass.tune : {};
  const kept = Number(objectIn(found, "vault_kv_secret_backend_v2", "mount", chosen.mount)?.max_versions ?? 0);
  return {
    name: chosen.platform,
    vaults: {
      [VAULT]: {
        address: server.address,
        ...(isServer(server.version) && server.version !== VERSIONS.images.vault.tag && { version: server.version }),
        ...(server.address.startsWith("http:") && { unsafeNoTls: true }),
        mount: chosen.mount,
        ...(kept > 0 && kept !== 10 && { maxVersions: kept }),
        ...(userpass && {
          tokenTtl: duration(tune.default_lease_ttl, found.leases.usual),
          tokenMaxTtl: duration(tune.max_lease_ttl, found.leases.longest),
        }),
        adopted: { mount: true, ...(userpass && { userpass: true }) },
      },
    },
    clusters: {},
    environments: Object.fromEntries(environments.map((name) => [name, { vault: VAULT }])),
    apps: Object.fromEntries(
      apps.map((name) => [
        name,
        appOf(
          sets.filter(({ app }) => app === name),
          environments,
        ),
      ]),
    ),
  };
}

/** Vault says 0 where its own default holds. */
function duration(seconds: unknown, otherwise: number): DurationText {
  const text = `${typeof seconds === "number" && seconds > 0 ? seconds : otherwise}s` as const;
  return (Duration.parse(text)?.toString() ?? text) as DurationText;
}

function appOf(sets: readonly FoundSet[], environments: readonly string[]): AppConfig {
  const keysOf = (set: FoundSet) => splitKeys(set.keys).good;
  const keys = [...new Set(sets.flatMap(keysOf))].sort();
  const owner = sets.map((set) => set.owner).find((each) => each !== undefined && LINE.accepts(each));
  const rotateEvery = sets.map((set) => Duration.parse(set.rotateEvery)?.toString()).find(Boolean);
  return {
    owner: owner ?? NO_OWNER,
    keys,
    ...(rotateEvery !== undefined && { rotateEvery: rotateEvery as DurationText }),
    environments: Object.fromEntries(
      environments.flatMap((name) => {
        const set = sets.find(({ environment }) => environment === name);
        if (!set) return [];
        const own = keysOf(set);
        return [[name, { secretSet: "existing" as const, ...(own.length < keys.length && { keys: own }) }]];
      }),
    ),
  };
}

/** The same config with its people, and with what of them the first apply takes over. */
export function withPeople(config: PlatformConfig, people: People): PlatformConfig {
  const vault = config.vaults[VAULT]!;
  const users = Object.fromEntries(
    people.users.map(({ holder: { name, entity, alias } }) => [
      name,
      { ...(entity && { entity: String(entity.id) }), ...(alias !== undefined && { alias }) },
    ]),
  );
  const said = peopleConfig(people);
  return {
    ...config,
    vaults: { [VAULT]: { ...vault, adopted: { ...vault.adopted, ...(said && { users }) } } },
    ...(said && { people: said }),
  };
}

/** The folder of the model, which a config takes `definePlatform` from. */
const MODEL = join(__dirname, "../../model");

/** The config as the file that it is written to, as prettier writes it. */
export async function configFile(config: PlatformConfig, file: string): Promise<string> {
  const from = relative(dirname(resolve(file)), MODEL)
    .split(sep)
    .join("/");
  const text = [
    `import { definePlatform } from ${JSON.stringify(from.startsWith(".") ? from : `./${from}`)};`,
    "",
    "/**",
    " * What `npm run adopt` found in a Vault: no set is placed, no user made, no policy written over. What it found",
    " * beside this it said, and left.",
    " */",
    `export default definePlatform(${JSON.stringify(config)});`,
    "",
  ].join("\n");
  // Loaded late: no other command formats code.
  const { format } = await import("prettier");
  return format(text, { parser: "typescript", printWidth: 120 });
}
