import { isObject, type JsonObject, type Unsupported } from "../../access";
import type { Asking, Concerns } from "./asking";
import { endpoint, type LiveObject } from "./objects";

/** An auth method that is mounted. */
export interface AuthMount {
  readonly path: string;
  readonly type: string;
  readonly accessor: string;
}

/** What is read of a Vault's mounts and of the server itself. */
export interface ServerSide {
  readonly objects: readonly LiveObject[];
  readonly auth: readonly AuthMount[];
  /** Mounts that could grant something, and are not looked into. */
  readonly notUnderstood: readonly Unsupported[];
}

/** Terraform's type of a mounted auth method. */
export function authType(type: string): string {
  return type === "jwt" || type === "oidc" ? "vault_jwt_auth_backend" : "vault_auth_backend";
}

/** Types that stand or fall with the list of auth methods. */
const AUTH_TYPES = [
  ...["vault_auth_backend", "vault_jwt_auth_backend", "vault_kubernetes_auth_backend_config"],
  ...["vault_kubernetes_auth_backend_role", "vault_jwt_auth_backend_role", "vault_userpass_auth_backend_user"],
  ...["vault_identity_entity_alias", "vault_identity_group_alias"],
];

/** Reads mounts, auth methods, audit devices and the server's own settings. `kv`: mounts whose settings are read. */
export async function readServer(ask: Asking, kv: readonly string[]): Promise<ServerSide> {
  const parts = [await mounts(ask, kv), await authMounts(ask), await auditing(ask), await settings(ask)];
  return {
    objects: [...parts.flatMap(({ objects }) => objects), ...(await lists(ask))],
    auth: parts.flatMap(({ auth = [] }) => auth),
    notUnderstood: parts.flatMap(({ notUnderstood = [] }) => notUnderstood),
  };
}

type Part = Pick<ServerSide, "objects"> & Partial<ServerSide>;

/** Vault answers by paths with a slash at their end. */
function byPath(answer: JsonObject | undefined): [string, JsonObject][] {
  return Object.entries(answer ?? {}).flatMap(([path, each]) =>
    isObject(each) ? [[path.replace(/\/$/, ""), each]] : [],
  );
}

/** Mounts that every Vault has. */
const BUILT_IN: ReadonlySet<string> = new Set(["system", "identity", "cubbyhole", "token"]);

async function mounts(ask: Asking, kv: readonly string[]): Promise<Part> {
  const types = ["vault_mount", "vault_kv_secret_backend_v2"];
  const found = byPath(await ask.read("sys/mounts", { types })).filter(([, { type }]) => !BUILT_IN.has(String(type)));
  const objects = found.map(([path, { config, accessor: _, ...mount }]): LiveObject => {
    const { default_lease_ttl = 0, max_lease_ttl = 0, ...more } = isObject(config) ? config : {};
    const times = { default_lease_ttl_seconds: default_lease_ttl, max_lease_ttl_seconds: max_lease_ttl };
    return { type: "vault_mount", values: { path, ...mount, ...times, ...more } };
  });
  const configs = await ask.each(
    found.filter(([path]) => kv.includes(path)),
    "reading mounts",
    async ([path]): Promise<LiveObject[]> => {
      const config = await ask.read(`${path}/config`, { types: ["vault_kv_secret_backend_v2"], keys: path });
      return config ? [{ type: "vault_kv_secret_backend_v2", values: { mount: path, ...config } }] : [];
    },
  );
  return {
    objects: [...objects, ...configs.flat()],
    notUnderstood: found
      .filter(([path]) => !kv.includes(path))
      .map(([path, { type }]) => ({
        where: `mount ${path} in Vault`,
        why: `a secrets engine of type ${String(type)}: what is in it, or can be had from it, is not looked into`,
      })),
  };
}

async function authMounts(ask: Asking): Promise<Part> {
  const found = byPath(await ask.read("sys/auth", { types: AUTH_TYPES }));
  const objects = await ask.each(found, "reading auth methods", async ([path, mount]): Promise<LiveObject[]> => {
    const { config, accessor: _, ...more } = mount;
    const type = String(mount.type);
    const made = authType(type);
    const tuned = { type: made, values: { path, ...more, tune: config ?? null } };
    if (type === "token") return isTuned(mount) ? [tuned] : [];
    if (made === "vault_jwt_auth_backend") {
      const own = await ask.read(`auth/${path}/config`, { types: [made], keys: path });
      return ask.isUnread(made, path) ? [] : [{ ...tuned, values: { ...tuned.values, ...own } }];
    }
    if (type !== "kubernetes") return [tuned];
    const kubernetes = "vault_kubernetes_auth_backend_config";
    const own = await ask.read(`auth/${path}/config`, { types: [kubernetes], keys: path });
    return own ? [tuned, { type: kubernetes, values: { backend: path, ...own } }] : [tuned];
  });
  return {
    objects: objects.flat(),
    auth: found.map(([path, { type, accessor }]) => ({ path, type: String(type), accessor: String(accessor) })),
  };
}

/** Whether somebody changed the token method, which is there from the beginning. */
function isTuned({ config }: JsonObject): boolean {
  const { token_type: type, ...more } = isObject(config) ? config : {};
  return type !== "default-service" || Object.values(more).some(Boolean);
}

/** Headers that Vault has audited since 1.21, in clear. */
const AUDITED: ReadonlySet<string> = new Set(["correlation-id", "user-agent", "x-correlation-id"]);

async function auditing(ask: Asking): Promise<Part> {
  const devices = byPath(await ask.read("sys/audit", { types: ["vault_audit"] }));
  const path = "sys/config/auditing/request-headers";
  const answer = await ask.read(path, { types: ["vault_audit_request_header"] });
  return {
    objects: [
      ...devices.map(([name, device]) => ({ type: "vault_audit", values: { ...device, path: name } })),
      ...byPath(isObject(answer?.headers) ? answer.headers : {})
        .filter(([name]) => !AUDITED.has(name))
        .map(([name, header]) => ({ type: "vault_audit_request_header", values: { name, ...header } })),
    ],
  };
}

async function settings(ask: Asking): Promise<Part> {
  const cors = await ask.read("sys/config/cors");
  const config = await ask.read("sys/config/state/sanitized");
  const ways = ["raw_storage_endpoint", "introspection_endpoint"].filter((name) => config?.[name] === true);
  const ceremonies = ["sys/generate-root/attempt", "sys/rekey/init"] as const;
  const begun = await ask.each(ceremonies, "reading ceremonies", async (path) => {
    const state = await ask.read(path);
    return state?.started === true ? [endpoint(path, { started: true, progress: state.progress ?? 0 })] : [];
  });
  const catalog = await ask.read("sys/plugins/catalog");
  const plugins = Array.isArray(catalog?.detailed) ? catalog.detailed.filter(isObject) : [];
  return {
    objects: [
      ...(cors?.enabled === true ? [endpoint("sys/config/cors", cors)] : []),
      ...ways.map((name) => endpoint(`sys/config/state/sanitized/${name}`, { [name]: true })),
      ...begun.flat(),
      ...plugins
        .filter(({ builtin }) => builtin !== true)
        .map(({ type, name, version }) =>
          endpoint(`sys/plugins/catalog/${String(type)}/${String(name)}`, { version: version ?? null }),
        ),
    ],
  };
}

/** A list of named things. */
interface List {
  readonly path: string;
  /** The Terraform type of one. @default none: what one does is not understood */
  readonly type?: string;
  /** What every Vault has. */
  readonly without?: string;
  /** Whether reading one shows what it does, and no value. */
  readonly read?: boolean;
}

/** Source: Vault's API documentation; what is of Vault Enterprise alone is empty elsewhere. */
const LISTS: readonly List[] = [
  { path: "sys/policies/password", type: "vault_password_policy", read: true },
  { path: "sys/quotas/rate-limit", type: "vault_quota_rate_limit", read: true },
  { path: "auth/token/roles", read: true },
  ...["sys/policies/egp", "sys/policies/rgp", "sys/namespaces", "sys/quotas/lease-count", "sys/config/ui/headers"].map(
    (path) => ({ path }),
  ),
  // A client's answer holds its secret: the names have to do.
  ...["client", "role", "scope"].map((name) => ({ path: `identity/oidc/${name}` })),
  { path: "identity/oidc/key", without: "default" },
  { path: "identity/oidc/provider", without: "default" },
  { path: "identity/oidc/assignment", without: "allow_all" },
];

async function lists(ask: Asking): Promise<LiveObject[]> {
  const found = await ask.each(LISTS, "listing the server's settings", async (list) => {
    const names = await ask.list(list.path, typed(list));
    return names.filter((name) => name !== list.without).map((name) => ({ list, name }));
  });
  return ask.each(found.flat(), "reading the server's settings", async ({ list: { path, type, read }, name }) => {
    const answer = read ? await ask.member(path, name, { ...typed({ path, type }), keys: name }) : undefined;
    return type === undefined ? endpoint(`${path}/${name}`, answer ?? {}) : { type, values: { ...answer, name } };
  });
}

function typed({ type }: List): Concerns {
  return { types: type === undefined ? [] : [type] };
}
