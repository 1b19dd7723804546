import type { Unsupported } from "../../access";
import { DEFAULT_POLICY, judgePolicyChange } from "../../policies/evaluate";
import type { Asking, Concerns } from "./asking";
import { endpoint, type LiveObject } from "./objects";
import type { AuthMount } from "./read-server";

/** What gives policies in an auth method. */
interface Collection {
  readonly list: string;
  /** The Terraform type of one, and the arguments that say where and what it is. @default it is named, and no more */
  readonly known?: readonly [type: string, mount: string, name: string];
}

const JWT: readonly Collection[] = [{ list: "role", known: ["vault_jwt_auth_backend_role", "backend", "role_name"] }];

/** Auth methods whose logins the model of access reads. */
const READ: { readonly [method: string]: readonly Collection[] } = {
  kubernetes: [{ list: "role", known: ["vault_kubernetes_auth_backend_role", "backend", "role_name"] }],
  jwt: JWT,
  oidc: JWT,
  userpass: [{ list: "users", known: ["vault_userpass_auth_backend_user", "mount", "username"] }],
};

/** Others, whose members are named: what each admits is not understood here. */
const NAMED: typeof READ = {
  approle: [{ list: "role" }],
  cert: [{ list: "certs" }],
  ldap: [{ list: "users" }, { list: "groups" }],
  okta: [{ list: "users" }, { list: "groups" }],
  radius: [{ list: "users" }],
};

/** Who can log in, by which method and with which policies; and what a method may let in that is not understood. */
export async function readLogins(
  ask: Asking,
  auth: readonly AuthMount[],
): Promise<{ readonly objects: readonly LiveObject[]; readonly notUnderstood: readonly Unsupported[] }> {
  const own = auth.filter(({ type }) => type !== "token");
  const lists = own.flatMap((mount) =>
    [...(READ[mount.type] ?? []), ...(NAMED[mount.type] ?? [])].map((collection) => ({ mount, collection })),
  );
  const entries = await ask.each(lists, "listing users and roles", async ({ mount: { path }, collection }) => {
    const names = await ask.list(`auth/${path}/${collection.list}`, concerning(collection, `${path}/`));
    return names.map((name) => ({ path, name, collection }));
  });
  const objects = await ask.each(entries.flat(), "reading users and roles", async ({ path, name, collection }) => {
    const list = `auth/${path}/${collection.list}`;
    const answer = await ask.member(list, name, concerning(collection, `${path}/${name}`));
    if (!collection.known) return [endpoint(`${list}/${name}`, { data_json: JSON.stringify(answer ?? {}) })];
    const [type, mountArgument, nameArgument] = collection.known;
    return answer ? [{ type, values: { ...answer, [mountArgument]: path, [nameArgument]: name } }] : [];
  });
  return {
    objects: objects.flat(),
    notUnderstood: own
      .filter(({ type }) => !READ[type])
      .map(({ path, type }) => ({
        where: `auth method ${path} in Vault`,
        why: `whom a method of type ${type} admits, and with which policies, is not understood here`,
      })),
  };
}

function concerning({ known }: Collection, keys: string): Concerns {
  return { types: known ? [known[0]] : [], keys };
}

/** Every policy with its text, but for `root`, which has none, and a `default` that means what a new Vault's does. */
export async function readPolicies(ask: Asking): Promise<LiveObject[]> {
  const type = "vault_policy";
  const names = (await ask.list("sys/policies/acl", { types: [type] })).filter((name) => name !== "root");
  const policies = await ask.each(names, "reading policies", async (name): Promise<LiveObject[]> => {
    const answer = await ask.member("sys/policies/acl", name, { types: [type], keys: name });
    const text = String(answer?.policy ?? "");
    if (!answer || (name === "default" && isNewDefault(text))) return [];
    return [{ type, values: { name, policy: text } }];
  });
  return policies.flat();
}

function isNewDefault(text: string): boolean {
  return [judgePolicyChange(DEFAULT_POLICY, text), judgePolicyChange(text, DEFAULT_POLICY)].every(
    (judged) => "newAccess" in judged && judged.newAccess.length === 0,
  );
}
