import type { OpsRun, OpsWorld } from "../cli/ops/run-ops";
import type { SampleVault } from "./sample-vault";

/** The person that commands are about. */
export const USER = "sample-python-api-user";
const SET = "sample/sample-node-api/sample-node-api-dev";
const KEY = "PRIVATE_NODE_API_DB_PASSWORD";
/** The password of that person's own. */
export const OWN = "correct-horse-battery-9";
/** A command, and what it changes. */
export interface Command {
  readonly words: string;
  /** Whose token; "" for none. */
  readonly as: "platform-admin" | "sample-node-api-admin" | "a person" | "";
  readonly world?: (vault: SampleVault) => Promise<OpsWorld>;
  /** Puts Vault into the state that the command changes. */
  readonly before: (vault: SampleVault) => Promise<unknown>;
  /** What is so after a run that ended well. */
  readonly after: (vault: SampleVault, run: OpsRun) => Promise<void>;
  /** The exit code of a run that ends well; @default 0 */
  readonly code?: number;
}

let personsToken = "";
/** The token of a person that has just logged in. */
export const tokenOfPerson = () => personsToken;
const nothing = async () => undefined;
const ok = (vault: SampleVault, method: string, path: string, body?: unknown) =>
  vault.server.ok<{ data: Record<string, unknown>; wrap_info: { token: string } }>(method, path, { body });
const setPassword = (vault: SampleVault, password: string) =>
  ok(vault, "POST", `auth/userpass/users/${USER}/password`, { password });
/** Whether that password is the person's. */
export const canLogIn = async (vault: SampleVault, password: string) =>
  (await vault.server.request("POST", `auth/userpass/login/${USER}`, { token: "", body: { password } })).status === 200;
const entity = async (vault: SampleVault) =>
  (await ok(vault, "GET", `identity/entity/name/${USER}`)).data as { id: string; disabled: boolean };
const liveTokens = async (vault: SampleVault) => {
  const { id } = await entity(vault);
  const { keys } = (await ok(vault, "LIST", "auth/token/accessors")).data as { keys: string[] };
  const facts = await Promise.all(
    keys.map((accessor) =>
      vault.server.request<{ data?: { entity_id: string } }>("POST", "auth/token/lookup-accessor", {
        body: { accessor },
      }),
    ),
  );
  return facts.filter(({ body }) => body.data?.entity_id === id).length;
};
const loggedIn = async (vault: SampleVault) => {
  await ok(vault, "POST", `identity/entity/name/${USER}`, { disabled: false });
  await setPassword(vault, "of-before-the-run-9");
  const { auth } = await vault.server.ok<{ auth: { client_token: string } }>("POST", `auth/userpass/login/${USER}`, {
    token: "",
    body: { password: "of-before-the-run-9" },
  });
  personsToken = auth.client_token;
};

/** Every command of ops that asks or changes a Vault. */
export const COMMANDS: readonly Command[] = [
  {
    words: `users invite ${USER} --json`,
    as: "platform-admin",
    before: nothing,
    after: async (vault, { out }) => {
      const opened = await vault.server.ok<{ data: { password: string } }>("POST", "sys/wrapping/unwrap", {
        token: (JSON.parse(out) as { token: string }).token,
      });
      expect(await canLogIn(vault, opened.data.password)).toBe(true);
    },
  },
  {
    words: "users list",
    as: "platform-admin",
    before: nothing,
    after: async (_, { out }) => expect(out).toContain(USER),
  },
  {
    words: `users disable ${USER}`,
    as: "platform-admin",
    before: loggedIn,
    after: async (vault) => expect([(await entity(vault)).disabled, await liveTokens(vault)]).toEqual([true, 0]),
  },
  {
    words: `users enable ${USER}`,
    as: "platform-admin",
    before: (vault) => ok(vault, "POST", `identity/entity/name/${USER}`, { disabled: true }),
    after: async (vault) => expect((await entity(vault)).disabled).toBe(false),
  },
  {
    words: `users revoke ${USER}`,
    as: "platform-admin",
    before: loggedIn,
    after: async (vault) => expect(await liveTokens(vault)).toBe(0),
  },
  {
    words: "users passwd",
    as: "a person",
    world: async () => ({
      answers: [
        [/New password/, OWN],
        [/once more/, OWN],
      ],
    }),
    before: loggedIn,
    after: async (vault) => expect(await canLogIn(vault, OWN)).toBe(true),
  },
  {
    words: `secrets set sample-node-api dev ${KEY} --stdin`,
    as: "sample-node-api-admin",
    world: async () => ({ stdin: "the-new-value" }),
    before: (vault) =>
      ok(vault, "POST", `kvv2/data/${SET}`, { data: { PRIVATE_NODE_API_DB_USERNAME: "app", [KEY]: "old" } }),
    after: async (vault) =>
      expect(await vault.values("sample-node-api", "dev")).toEqual({
        PRIVATE_NODE_API_DB_USERNAME: "app",
        [KEY]: "the-new-value",
      }),
  },
  {
    words: "secrets status --app sample-node-api",
    as: "sample-node-api-admin",
    before: nothing,
    after: async (_, { out }) => expect(out).toContain("sample-node-api"),
  },
  {
    words: "secrets sync --app sample-node-api",
    as: "sample-node-api-admin",
    before: async (vault) => {
      for (const environment of ["dev", "qa", "stg"])
        await ok(vault, "POST", `kvv2/data/sample/sample-node-api/sample-node-api-${environment}`, {
          data: { PRIVATE_NODE_API_DB_USERNAME: "app" },
        });
    },
    after: async (vault) => {
      for (const environment of ["dev", "qa", "stg"])
        expect(await vault.values("sample-node-api", environment)).toEqual({
          PRIVATE_NODE_API_DB_USERNAME: "app",
          [KEY]: "TBD",
        });
    },
  },
  {
    words: "secrets changes --app sample-node-api",
    as: "sample-node-api-admin",
    before: nothing,
    after: async (_, { out }) => expect(out).toContain("sample-node-api"),
  },
  {
    words: `breach --user ${USER} --confirm`,
    as: "platform-admin",
    before: loggedIn,
    after: async (vault) =>
      expect([
        (await entity(vault)).disabled,
        await liveTokens(vault),
        await canLogIn(vault, "of-before-the-run-9"),
      ]).toEqual([true, 0, false]),
  },
  {
    words: "breach --workload sample-node-api/local --confirm",
    as: "platform-admin",
    before: (vault) =>
      ok(vault, "POST", "auth/kubernetes/role/sample-node-api-local", {
        bound_service_account_names: ["a"],
        bound_service_account_namespaces: ["b"],
        audience: "vault",
      }),
    after: async (vault) =>
      expect((await vault.server.request("GET", "auth/kubernetes/role/sample-node-api-local")).status).toBe(404),
  },
];
