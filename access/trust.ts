import { jobFacts, JOBS_API_SERVER, PLATFORM_ADMIN, VAULT_CA, type Trust, type TrustFacts } from "../model";
import {
  isBindingsRelease,
  isObject,
  manifestTrusts,
  objectIn,
  resourceType,
  typesOf,
  valuesOf,
  type Json,
  type JsonObject,
} from "../resource-types";
import { cached, compare, unique } from "./collections";
import { nameOf, referenceOf, resourcesOf, textOf, variableOf, type Resource, type Stack } from "./read-stacks";

/** Something that a stack trusts: a login, a connection, a chart, an audit device. */
export interface Trusted {
  readonly stack: Stack;
  /** As the config's side calls it ({@link Trust}). */
  readonly key: string;
  /** As reports say it. */
  readonly subject: string;
  /** Absent of a provider. */
  readonly resource?: Resource;
  readonly facts: TrustFacts;
}

/** A fact that is not as the config says. */
export interface TrustDifference {
  readonly trusted?: Trusted;
  /** As reports say it; of what is missing, as the config's side calls it. */
  readonly subject: string;
  readonly fact: string;
  /** Absent: there is none. */
  readonly is?: string;
  /** Absent: the config names none. */
  readonly says?: string;
}

/** What the stack's resources trust, compared with what its config says: both ways, so that nothing is missing. */
export function trustDifferences(stack: Stack): TrustDifference[] {
  const said: Trust = stack.metadata.trust ?? {};
  const found = trustIn(stack);
  const keys = new Set(found.map(({ key }) => key));
  return [
    ...found.flatMap((trusted) => {
      const { key, subject, facts } = trusted;
      const config = said[key] ?? {};
      return unique([...Object.keys(facts), ...Object.keys(config)])
        .map((fact) => ({ trusted, subject, fact, is: words(facts[fact]), says: words(config[fact]) }))
        .filter(({ fact, is, says }) => is !== says && !(fact.endsWith("_ttl") && isShorter(is, says)));
    }),
    // Two of a kind that the config names once: each fits, and one is too many.
    ...found
      .filter(({ key }, i) => key === "Certificate" && found.findIndex((each) => each.key === key) !== i)
      .map((trusted) => ({ trusted, subject: trusted.subject, fact: "all of it", is: "a second one" })),
    ...Object.keys(said)
      // An environment whose apps have no binding has no connection.
      .filter((key) => !keys.has(key) && key !== "VaultConnection")
      .map((key) => ({ subject: key, fact: "all of it", says: words(said[key]) })),
  ];
}

/** Whether a token lives no longer than the config lets it: nobody gains by less. In seconds, `3600s` or `3600`. */
function isShorter(is = "", says = ""): boolean {
  const [one, other] = [is, says].map((text) => Number(/^(\d+)s?$/.exec(text)?.[1]));
  return one! <= other!;
}

const known = new WeakMap<Stack, readonly Trusted[]>();

/** All that the resources of a stack trust. Computed once. */
export function trustIn(stack: Stack): readonly Trusted[] {
  return cached(known, stack, () => [
    ...backends(stack),
    ...providers(stack),
    ...saidAlone(stack),
    ...resources(stack),
  ]);
}

/** Where its state is: whoever has that has all that Terraform knows. */
function backends(stack: Stack): Trusted[] {
  return Object.entries(objectIn(objectIn(stack.blocks.terraform).backend)).map(([type, settings]) => ({
    stack,
    key: "backend",
    subject: `backend of ${stack.name}`,
    facts: { type, ...objectIn(settings) },
  }));
}

function providers(stack: Stack): Trusted[] {
  return ["vault", "kubernetes"].flatMap((name) => {
    const facts = picked(stack, objectIn(objectIn(stack.blocks.provider)[name]), ["address", "config_context"]);
    return Object.keys(facts).length > 0
      ? [{ stack, key: `provider ${name}`, subject: `provider ${name} of ${stack.name}`, facts }]
      : [];
  });
}

/** Only the config says it, and no resource: there is nothing to compare, but a change of it is one of trust. */
function saidAlone(stack: Stack): Trusted[] {
  return [JOBS_API_SERVER, VAULT_CA].flatMap((key) => {
    const facts = stack.metadata.trust?.[key];
    return facts ? [{ stack, key, subject: `${key} of ${stack.name}`, facts }] : [];
  });
}

function resources(stack: Stack): Trusted[] {
  const of = (...types: readonly string[]) => resourcesOf([stack], ...types);
  const made = (resource: Resource, key: string, facts: TrustFacts, subject = key): Trusted => ({
    stack,
    key,
    subject: `${subject} in ${stack.name}`,
    resource,
    facts,
  });
  const pick = (resource: Resource) => picked(stack, resource.values, resourceType(resource.type)?.trusts ?? []);
  const path = (resource: Resource, argument: string) => textOf(stack, resource.values[argument]) ?? "?";
  const configs = of("vault_kubernetes_auth_backend_config");
  return [
    ...of("vault_auth_backend").map((mount) => {
      const its = configs.filter((each) => referenceOf(stack, each.values.backend)?.resource === mount);
      const facts = its.map(pick);
      facts.push(picked(stack, objectIn(mount.values.tune), ["default_lease_ttl", "max_lease_ttl"]));
      return made(mount, `auth mount ${path(mount, "path")}`, Object.assign(pick(mount), ...facts));
    }),
    // One that names no mount of its stack configures another's.
    ...configs
      .filter((each) => !referenceOf(stack, each.values.backend))
      .map((each) => made(each, `auth mount ${path(each, "backend")}`, pick(each))),
    ...of("vault_jwt_auth_backend").map((mount) => made(mount, `auth mount ${path(mount, "path")}`, pick(mount))),
    ...of(...typesOf("jwt role"))
      .filter((role) => !isOfServiceAccount(role))
      .map((role) =>
        made(
          role,
          `role ${path(role, "backend")}/${path(role, "role_name")}`,
          role.values.role_type === "jwt" ? pick(role) : factsOfRole(role),
        ),
      ),
    // Those of workloads, too: what holds is that each is its binding's. The config names the backup's alone.
    ...of(...typesOf("kubernetes role"))
      .map((role) => ({ role, key: `role ${path(role, "backend")}/${path(role, "role_name")}` }))
      .filter(({ key }) => stack.metadata.trust?.[key] !== undefined)
      .map(({ role, key }) => made(role, key, factsOfRole(role))),
    ...of(...typesOf("job")).map((job) => {
      const { namespace, name } = objectIn(job.values.metadata);
      return made(job, `CronJob ${String(namespace)}/${String(name)}`, jobFacts(objectIn(job.values.spec)));
    }),
    // Of another engine than that of secret sets: each is there for something in the config.
    ...of("vault_mount")
      .filter(({ values }) => !String(values.type).startsWith("kv"))
      .map((each) => made(each, `mount ${path(each, "path")}`, { type: each.values.type ?? null })),
    ...of(...typesOf("database connection")).map((each) => made(each, `database ${path(each, "name")}`, pick(each))),
    ...of(...typesOf("database role")).map((each) => made(each, `database role ${path(each, "name")}`, pick(each))),
    ...of("vault_audit").map((device) => made(device, `audit device ${path(device, "path")}`, pick(device))),
    // That of the bindings is ours, byte by byte, and says nothing but its objects.
    ...of("helm_release")
      .filter(({ values }) => !isBindingsRelease(values))
      .map((release) => made(release, "release", { ...pick(release), ...serverOf(release) })),
    ...of(...typesOf("manifest")).flatMap((resource) => {
      const { kind, metadata, spec } = objectIn(resource.values.manifest);
      const { namespace, name } = objectIn(metadata);
      const names = manifestTrusts(String(kind));
      if (names.length === 0) return [];
      const called = `${String(kind)} ${String(namespace)}/${String(name)}`;
      return [made(resource, String(kind), picked(stack, objectIn(spec), names), called)];
    }),
    ...of("vault_identity_mfa_totp").map((totp) => made(totp, `second factor ${path(totp, "issuer")}`, pick(totp))),
    ...of("vault_identity_mfa_login_enforcement").map((rule) =>
      made(rule, `login enforcement ${path(rule, "name")}`, factsOfEnforcement(rule)),
    ),
    ...of(...typesOf("group alias")).map((alias) => {
      const mount = referenceOf(stack, alias.values.mount_accessor)?.resource;
      const group = referenceOf(stack, alias.values.canonical_id)?.resource;
      const at = (mount && textOf(stack, mount.values.path)) ?? String(alias.values.mount_accessor);
      const facts = { group: String(group?.values.name ?? alias.values.canonical_id) };
      return made(alias, `group alias ${at}/${path(alias, "name")}`, facts);
    }),
    ...of(...typesOf("group"))
      .filter(({ values }) => String(values.name).toLowerCase() === PLATFORM_ADMIN)
      .map((group) => made(group, `group ${PLATFORM_ADMIN}`, { members: membersOf(group) })),
  ];
}

/** Whether a jwt role admits a service account: the proofs of bindings hold those. */
function isOfServiceAccount({ stack, values }: Resource): boolean {
  return (
    values.role_type === "jwt" && /^system:serviceaccount:[^:]+:[^:]+$/.test(textOf(stack, values.bound_subject) ?? "")
  );
}

/** All that a role says, beside its mount. */
function factsOfRole({ values }: Resource): TrustFacts {
  const outside = ["backend", "depends_on", "lifecycle"];
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => value !== null && !outside.includes(name)),
  );
}

/** Whose logins ask for which second factors; groups and methods by their names. */
function factsOfEnforcement({ stack, values }: Resource): TrustFacts {
  const { identity_group_ids, mfa_method_ids } = values;
  const others = picked(stack, values, ["identity_entity_ids", "auth_method_accessors", "auth_method_types"]);
  const names = (ids: Json | undefined, argument: string) =>
    (Array.isArray(ids) ? ids.map(String) : [])
      .map((text) => String(referenceOf(stack, text)?.resource.values[argument] ?? text))
      .sort(compare);
  return { groups: names(identity_group_ids, "name"), methods: names(mfa_method_ids, "issuer"), ...others };
}

/** Entities by their names, however they come to be members; what is no entity of the stack stands as it is written. */
function membersOf(group: Resource): string[] {
  const { stack } = group;
  const parts = resourcesOf([stack], ...typesOf("part of a group")).filter(
    ({ values }) => referenceOf(stack, values.group_id)?.resource === group,
  );
  const texts = [group, ...parts].flatMap(({ values }) =>
    [values.member_entity_ids, values.member_group_ids].flatMap((each) =>
      Array.isArray(each) ? each.map(String) : [],
    ),
  );
  return texts.map((text) => String(referenceOf(stack, text)?.resource.values.name ?? text)).sort(compare);
}

/** What a release's values say of the images that run, and of who unseals the server. */
function serverOf({ values }: Resource): TrustFacts {
  // That values cannot be read is a finding of its own.
  const { server, controller } = valuesOf(values.values) ?? {};
  const { image, standalone, ha } = objectIn(server);
  const { manager, kubeRbacProxy } = objectIn(controller);
  const configs = [objectIn(standalone).config, objectIn(ha).config, objectIn(objectIn(ha).raft).config].map(String);
  const [seal] = configs.flatMap(sealsIn);
  const { repository } = objectIn(image);
  return {
    // The config says one of every server, so that one without a repository differs already.
    ...(repository !== undefined && imageFact("image", image)),
    ...imageFact("image", objectIn(manager).image),
    ...imageFact("proxy image", objectIn(kubeRbacProxy).image),
    ...(seal && { seal }),
  };
}

/** An image that a release names, by its tag alone too; what it does not say is the chart's own. */
function imageFact(fact: string, image: Json | undefined): TrustFacts {
  const { repository, tag } = objectIn(image);
  return repository === undefined && tag === undefined
    ? {}
    : { [fact]: [repository, tag].map((each) => String(each ?? "the chart's")).join(":") };
}

/** The seals of a configuration, with their settings. */
function sealsIn(config: string): { [setting: string]: string }[] {
  return [...config.matchAll(/^seal\s+"(\w+)"\s*\{([^}]*)\}/gm)].map(([, type = "", body = ""]) => ({
    type,
    ...Object.fromEntries(
      [...body.matchAll(/(\w+)\s*=\s*"([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
    ),
  }));
}

/** Some arguments, with variables as their defaults; those without a value are left out. */
function picked(stack: Stack, values: JsonObject, names: readonly string[]): { [fact: string]: unknown } {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = values[name];
      const variable = typeof value === "string" ? variableOf(value) : undefined;
      const read = variable === undefined ? value : stack.variables.get(variable);
      return read === undefined || read === null ? [] : [[name, read]];
    }),
  );
}

/** A fact as reports say it, the same whatever the order of its keys. */
export function factWords(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, (_, each: Json) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => compare(a, b))) : each,
  );
}

function words(value: unknown): string | undefined {
  return value === undefined ? undefined : factWords(value);
}

/** Where something trusted is, for the path of a finding. */
export function placeOf({ resource, subject }: Trusted): string {
  return resource ? nameOf(resource) : subject;
}
