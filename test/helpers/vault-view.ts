import { named } from "../../model";
import { defaultPolicy, Acl, type NamedPolicy, readPolicy } from "../../policies/evaluate";
import { policyTexts, resources, resourcesById, type Block, type StackJson, type SynthesizedPlatform } from "./synth";

/** A list of access rights from policy texts. */
export function aclOf(...texts: readonly string[]): Acl {
  return Acl.of(texts.map((text, i) => ({ name: `policy ${i}`, policy: readPolicy(text) })));
}

/** Who logs in as a workload: a service account's token for an audience. */
export interface Login {
  readonly mount: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience: string;
}

/**
 * A Vault as the synthesized stacks set it up, read as the server would read it: nothing here comes from the model but
 * which stacks speak of that Vault.
 */
export class VaultView {
  private readonly json: readonly StackJson[];
  private readonly policies: ReadonlyMap<string, NamedPolicy>;

  constructor({ platform, stacks }: SynthesizedPlatform, vault: string) {
    const names = [
      named(platform.vaults, vault).accessStack,
      ...platform.environments.filter((e) => e.vault === vault).map((e) => e.stack),
    ];
    this.json = names.map((name) => stacks[name]!);
    const texts = this.json.flatMap((json) => Object.entries(policyTexts(json)));
    this.policies = new Map([
      ["default", defaultPolicy()],
      ...texts.map(([name, text]): [string, NamedPolicy] => [name, { name, policy: readPolicy(text, name) }]),
    ]);
    if (this.policies.size !== texts.length + 1) throw new Error(`two policies of Vault ${vault} share a name`);
  }

  /** The names of all policies but `default`. */
  get policyNames(): string[] {
    return [...this.policies.keys()].filter((name) => name !== "default");
  }

  /** The names of all people who can log in. */
  get people(): string[] {
    return this.all("vault_userpass_auth_backend_user").map(([, { username }]) => username as string);
  }

  /** What a token may do that has one group's policies, beside Vault's own. */
  group(name: string): Acl {
    const [, group] = this.all("vault_identity_group").find(([, each]) => each.name === name) ?? [];
    if (!group) throw new Error(`no group ${name}`);
    return this.acl(group.policies as string[], { id: "id-of-somebody", name: "somebody" });
  }

  /**
   * What a person may do after a login: by the entity that their alias leads to, and the groups that this entity is in.
   */
  person(name: string): Acl {
    const [, alias] = this.all("vault_identity_entity_alias").find(([, each]) => each.name === name) ?? [];
    const [id, entity] =
      this.all("vault_identity_entity").find(
        ([each]) => alias?.canonical_id === `\${vault_identity_entity.${each}.id}`,
      ) ?? [];
    if (!id || !entity) throw new Error(`nobody is called ${name}`);
    const groups = this.all("vault_identity_group").filter(([, group]) =>
      (group.member_entity_ids as string[]).includes(`\${vault_identity_entity.${id}.id}`),
    );
    return this.acl([...(entity.policies as string[]), ...groups.flatMap(([, group]) => group.policies as string[])], {
      id: `id-of-${id}`,
      name: entity.name as string,
    });
  }

  /** What a workload may do by each role that its service account can take. */
  workload(login: Login): Acl[] {
    return this.roles()
      .filter(([, role]) => takes(role, login))
      .map(([, role]) =>
        this.acl(role.token_policies as string[], { id: "id-of-a-workload", name: "entity_of_a_workload" }),
      );
  }

  /** Every role of every cluster's login, with its address. */
  roles(): [string, Block][] {
    return this.allRoles().filter(([, role]) => !isJob(role));
  }

  /** What a job of the CI may do by each role that its token's claims can take, by the role's name. */
  jobs(): [string, Acl][] {
    return this.allRoles()
      .filter(([, role]) => isJob(role))
      .map(([, role]) => [
        role.role_name as string,
        this.acl(role.token_policies as string[], { id: "id-of-a-job", name: "entity_of_a_job" }),
      ]);
  }

  private allRoles(): [string, Block][] {
    return ["vault_kubernetes_auth_backend_role", "vault_jwt_auth_backend_role"].flatMap((type) =>
      this.all(type).map(([id, role]): [string, Block] => [`${type}.${id}`, role]),
    );
  }

  private acl(policies: readonly string[], entity: { readonly id: string; readonly name: string }): Acl {
    const held = ["default", ...policies].map((name) => {
      const policy = this.policies.get(name);
      if (!policy) throw new Error(`no policy ${name}`);
      return policy;
    });
    return Acl.of(held, { entity });
  }

  private all(type: string): [string, Block][] {
    return this.json.flatMap((json) => Object.entries(resourcesById(json, type)));
  }
}

/** A job's token is known by its claims, a service account's by its subject. */
function isJob(role: Block): boolean {
  return "bound_claims" in role;
}

function takes(role: Block, { mount, namespace, serviceAccount, audience }: Login): boolean {
  if (role.backend !== mount) return false;
  if ("bound_subject" in role)
    return (
      role.bound_subject === `system:serviceaccount:${namespace}:${serviceAccount}` &&
      (role.bound_audiences as string[]).includes(audience)
    );
  const holds = (bound: unknown, value: string) =>
    (bound as string[]).includes(value) || (bound as string[]).includes("*");
  return (
    holds(role.bound_service_account_names, serviceAccount) &&
    holds(role.bound_service_account_namespaces, namespace) &&
    role.audience === audience
  );
}

/** The only policy text of a stack. Throws when there is none or more than one. */
export function onlyPolicyText(json: Pick<StackJson, "resource">): string {
  const texts = resources(json, "vault_policy").map(({ policy }) => policy as string);
  if (texts.length !== 1) throw new Error(`${texts.length} policies`);
  return texts[0]!;
}
