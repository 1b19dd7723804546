import { ABILITIES, bit, requestsOn, type Access, type Identity, type SecretSet } from "../../access";
import type { Operation } from "../../policies/evaluate";
import { accessOf, productionStacks, rule, sampleStacks, at, type Stacks, withServer } from "../access/fixture";
import { describeLive, startVault, type VaultServer } from "./servers";

/**
 * Every cell of the matrix against a real Vault: the synthesized policies, groups, entities and users are loaded
 * through its API, each identity gets a token as Vault would give it, and `sys/capabilities` answers for every request
 * on every secret set.
 */
describeLive(["vault"], "the access matrix and a real Vault", () => {
  jest.setTimeout(120_000);
  let vault: VaultServer;
  let tag: string;
  const asked = { identities: 0, cells: 0, requests: 0, granted: 0 };

  beforeEach(async () => {
    vault = await startVault({ storage: "dev" });
    tag = (await vault.ok<{ version: string }>("GET", "sys/health")).version;
    Object.assign(asked, { identities: 0, cells: 0, requests: 0, granted: 0 });
  });
  afterEach(() => vault?.remove());

  /** By the version of the server that is asked, which may be another than the pinned one. */
  const judged = (stacks: Stacks): Access => accessOf(withServer(stacks, { tag }));

  const write = (method: string, path: string, body: unknown) =>
    vault.ok<{ data: Record<string, string> }>(method, path, { body });

  /**
   * What an apply of the access and environment stacks of one Vault would set up, as far as it decides what tokens may
   * do.
   */
  async function load(access: Access, name: string): Promise<void> {
    const side = access.vaults.find((each) => each.name === name)!;
    for (const mount of side.mounts.keys())
      await write("POST", `sys/mounts/${mount}`, { type: "kv", options: { version: "2" } });
    for (const { name: policy, resource } of side.policies.values())
      await write("PUT", `sys/policies/acl/${policy}`, { policy: resource.values.policy });
    await write("POST", "sys/auth/userpass", { type: "userpass" });
    const accessors = (await vault.ok<{ data: Record<string, { accessor: string }> }>("GET", "sys/auth")).data;
    const ids = new Map<unknown, string>();
    for (const { name: person, entity, entityPolicies, policies } of side.people) {
      await write("POST", `auth/userpass/users/${person}`, {
        password: `only-in-this-test-${person}`,
        token_policies: policies,
      });
      if (!entity) continue;
      const { data } = await write("POST", "identity/entity", { name: entity.values.name, policies: entityPolicies });
      ids.set(entity, data.id!);
      await write("POST", "identity/entity-alias", {
        name: person,
        canonical_id: data.id,
        mount_accessor: accessors["userpass/"]?.accessor,
      });
    }
    for (const { name: group, policies, members } of side.groups)
      await write("POST", "identity/group", {
        name: group,
        policies,
        member_entity_ids: [...members].map((member) => ids.get(member)),
      });
  }

  /**
   * A person logs in. A workload's or pipeline's login needs a cluster or an issuer: its token is made with what its
   * role gives.
   */
  async function tokens(identity: Identity, name: string): Promise<string[]> {
    const made: string[] = [];
    for (const { vault: side, person, role } of identity.logins) {
      if (side.name !== name) continue;
      const answer = person
        ? await vault.ok<{ auth: { client_token: string } }>("POST", `auth/userpass/login/${person.name}`, {
            token: "",
            body: { password: `only-in-this-test-${person.name}` },
          })
        : await vault.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", {
            body: { policies: role!.policies, no_default_policy: !role!.withDefault, no_parent: true },
          });
      made.push(answer.auth.client_token);
    }
    return made;
  }

  async function compare(access: Access, name: string): Promise<string[]> {
    const disagreements: string[] = [];
    const sets = access.sets.filter((set) => set.vault === name);
    for (const identity of access.identities) {
      const held = await tokens(identity, name);
      if (held.length === 0) continue;
      asked.identities++;
      const answers: Record<string, readonly string[]>[] = [];
      const paths = [...new Set(sets.flatMap((set) => requestsOn(set).map(({ path }) => path)))];
      for (const token of held)
        answers.push(
          (await vault.ok<{ data: Record<string, string[]> }>("POST", "sys/capabilities", { body: { token, paths } }))
            .data,
        );
      for (const set of sets) disagreements.push(...cell(access, identity, set, answers));
    }
    return disagreements;
  }

  function cell(
    access: Access,
    identity: Identity,
    set: SecretSet,
    answers: readonly Record<string, readonly string[]>[],
  ): string[] {
    asked.cells++;
    const bits = access.ownReach(identity).get(set) ?? 0;
    const theirs = new Set<string>();
    for (const { ability, operation, path } of requestsOn(set)) {
      asked.requests++;
      if (answers.some((answer) => allows(answer[path] ?? [], operation))) theirs.add(ability);
    }
    asked.granted += theirs.size;
    const ours = new Set<string>(ABILITIES.filter((ability) => bits & bit(ability)));
    return [...new Set([...ours, ...theirs])]
      .filter((each) => ours.has(each) !== theirs.has(each))
      .map((each) => `${identity.name} ${each} ${set.name}: we say ${ours.has(each)}, Vault ${theirs.has(each)}`);
  }

  const allows = (capabilities: readonly string[], operation: Operation) => capabilities.includes(operation);

  function narrower(): Stacks {
    const stacks = sampleStacks();
    const policy = at(stacks, "sample-access-main", "vault_policy.group_sample-admin_policy");
    policy.policy =
      rule("kvv2/data/sample/*", "read") +
      rule("kvv2/data/sample/+/sample-node-api-prod", "deny") +
      rule("kvv2/metadata/sample/sample-python-api", "list") +
      rule("kvv2/destroy/+/+/*", "update");
    at(stacks, "sample-access-main", "vault_policy.userpass_own-password").policy += rule(
      "kvv2/data/sample/{{identity.entity.name}}/*",
      "patch",
    );
    return stacks;
  }

  test.each<[string, () => Stacks, string, number]>([
    ["the sample", sampleStacks, "main", 8],
    ["production, nonprod", productionStacks, "nonprod", 14],
    ["production, prod", productionStacks, "prod", 10],
    ["the sample with denies, + and templates", narrower, "main", 8],
  ])("%s: every cell is what Vault answers", async (words, stacks, name, identities) => {
    const access = judged(stacks());
    await load(access, name);
    await expect(compare(access, name)).resolves.toEqual([]);
    process.stdout.write(
      `access, ${words}: ${asked.identities} identities, ${asked.cells} cells, ${asked.requests} ` +
        `requests, ${asked.granted} abilities granted, 0 disagreements\n`,
    );
    expect(asked.identities).toBeGreaterThanOrEqual(identities);
    expect(asked.granted).toBeGreaterThan(0);
  });

  test("what is said to be another's password is refused, and the own is not", async () => {
    const access = judged(sampleStacks());
    await load(access, "main");
    const person = access.identities.find(({ name }) => name === "person sample-node-api-user")!;
    const [token] = await tokens(person, "main");
    const paths = ["sample-node-api-user", "sample-admin"].map((user) => `auth/userpass/users/${user}/password`);
    const { data } = await vault.ok<{ data: Record<string, string[]> }>("POST", "sys/capabilities", {
      body: { token, paths },
    });
    expect(paths.map((path) => data[path])).toEqual([["update"], ["deny"]]);
    expect(access.escalations(person)).toEqual([]);
  });

  test("every escalation that is said to be there, Vault grants", async () => {
    const access = judged(sampleStacks());
    await load(access, "main");
    const person = access.identities.find(({ name }) => name === "person platform-admin")!;
    const [token] = await tokens(person, "main");
    const escalations = access.escalations(person);
    const { data } = await vault.ok<{ data: Record<string, string[]> }>("POST", "sys/capabilities", {
      body: { token, paths: escalations.map(({ escalation }) => escalation.path) },
    });
    expect(escalations.filter(({ escalation }) => !data[escalation.path]?.includes(escalation.operation))).toEqual([]);
    expect(escalations.map(({ escalation }) => escalation.name)).toEqual([
      "policies",
      "logins",
      "identity",
      "mounts",
      "audit",
      "root",
      "server",
      "others",
    ]);
  });
});
