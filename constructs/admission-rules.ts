/** An object that the operator acts on. */
export interface OperatorObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly [field: string]: unknown };
}

/** Fields of a spec, or of an object in it; every other is refused, unless it is `false`. */
interface Fields {
  /** They have to say what is accepted of the object of this name. */
  readonly held?: readonly string[];
  /** They may say anything: no value goes elsewhere by them. */
  readonly free?: readonly string[];
}

/** Fields by what they are in; "" is the spec itself. */
type Spec = { readonly [parent: string]: Fields };

const LOGIN: Fields = { held: ["role", "serviceAccount", "audiences", "tokenExpirationSeconds"] };

/** By an annotation, or another label, some controllers copy a Secret elsewhere. */
const LABELS: Fields = {
  free: ["name", "instance", "version", "component", "part-of", "managed-by"].map((l) => `app.kubernetes.io/${l}`),
};

/** The kinds that are let through. Source: the operator's API reference, 1.4.1. */
const KINDS: { readonly [kind: string]: Spec } = {
  VaultConnection: { "": { held: ["address", "caCertSecretRef"] } },
  VaultAuth: { "": { held: ["vaultConnectionRef", "mount", "method"] }, kubernetes: LOGIN, jwt: LOGIN },
  VaultStaticSecret: {
    "": {
      held: ["vaultAuthRef", "mount", "type", "path", "version", "rolloutRestartTargets"],
      free: ["refreshAfter", "hmacSecretData"],
    },
    destination: { held: ["name"], free: ["create"] },
    "destination.labels": LABELS,
    // The operator's templates see this set alone, and have no function that reaches out.
    "destination.transformation": { free: ["excludeRaw", "includes", "excludes", "templates"] },
  },
  VaultDynamicSecret: {
    "": {
      held: ["vaultAuthRef", "mount", "path", "allowStaticCreds", "rolloutRestartTargets"],
      free: ["refreshAfter", "renewalPercent"],
    },
    destination: { held: ["name"], free: ["create"] },
    "destination.labels": LABELS,
    "destination.transformation": { free: ["excludeRaw", "includes", "excludes", "templates"] },
  },
};

/** How CEL makes a text of a field `v` that is none. {@link textOf} makes the same. */
const TEXTS: { readonly [field: string]: string } = {
  audiences: "v.join(',')",
  tokenExpirationSeconds: "string(v)",
  version: "string(v)",
  allowStaticCreds: "string(v)",
  rolloutRestartTargets: "v.map(t, t.kind + '/' + t.name).join(',')",
};

/** Under what the policy finds what is accepted of an object. */
export function acceptedKey({ kind, metadata: { namespace, name } }: OperatorObject): string {
  return `${namespace}.${kind}.${name}`;
}

/**
 * What is accepted of an object: `field=value` of each field that it is held to, parted by spaces. Empty where its kind
 * is not let through.
 */
export function acceptedText({ kind, spec }: OperatorObject): string {
  const parts = heldPaths(KINDS[kind] ?? {}).flatMap((path) => {
    const value = path.split(".").reduce<unknown>((of, name) => (of as typeof spec | undefined)?.[name], spec);
    return value === undefined ? [] : `${path}=${textOf(value)}`;
  });
  return parts.join(" ");
}

function textOf(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value
    .map((each: string | { readonly kind: string; readonly name: string }) =>
      typeof each === "string" ? each : `${each.kind}/${each.name}`,
    )
    .join(",");
}

function heldPaths(spec: Spec): string[] {
  return Object.entries(spec).flatMap(([parent, { held = [] }]) => held.map((field) => within(parent, field)));
}

function within(parent: string, field: string): string {
  return parent === "" ? field : `${parent}.${field}`;
}

/** What is accepted: texts ({@link acceptedText}) by key ({@link acceptedKey}). */
export interface Accepted {
  readonly [key: string]: string;
}

/**
 * Characters of what is accepted that one expression holds, at most. The API server's parser ends at 100,000 an
 * expression (cel-go), of which some are for quotes and commas.
 */
const LONGEST = 90_000;

/** What is accepted as maps in CEL, a line each object; several where one would be too long an expression. */
function acceptedMaps(accepted: Accepted): string[] {
  const maps: string[][] = [[]];
  let size = 0;
  for (const [key, text] of Object.entries(accepted)) {
    const line = `${cel(key)}: ${cel(text)}`;
    size += line.length + 2;
    if (size > LONGEST) {
      maps.push([]);
      size = line.length;
    }
    maps.at(-1)!.push(line);
  }
  return maps.map((lines) => `{\n${lines.join(",\n")}\n}`);
}

/**
 * The `spec` of a ValidatingAdmissionPolicy that lets some objects of the operator's through and refuses every other
 * with what was given, what is accepted and what to do. Source: Kubernetes' documentation, "Validating Admission
 * Policy" and "Common Expression Language".
 * @param stack the Terraform stack that has to be applied before what is new in the config is let through
 */
export function admissionSpec(stack: string, accepted: Accepted): object {
  const kinds = Object.keys(KINDS);
  const maps = acceptedMaps(accepted);
  const data = maps.map((_, i) => `accepted${i + 1}`);
  const found = data.map((each) => `variables.${each}[?variables.key]`).reduce((all, each) => `${all}.or(${each})`);
  const names = data
    .map((each) => `variables.${each}.map(k, k.startsWith(variables.prefix), k.split('.')[2])`)
    .join(" + ");
  const remedy = `Change the config, and have stack ${stack} applied before the environment's.`;
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      matchPolicy: "Equivalent",
      namespaceSelector: {},
      objectSelector: {},
      resourceRules: [
        {
          apiGroups: ["secrets.hashicorp.com"],
          apiVersions: ["*"],
          operations: ["CREATE", "UPDATE"],
          resources: ["*"],
          scope: "*",
        },
      ],
    },
    // The operator's finalizers come and go, on what was there before too.
    matchConditions: [{ name: "spec-changes", expression: "oldObject == null || object.?spec != oldObject.?spec" }],
    variables: Object.entries({
      spec: "object.?spec.orValue({})",
      ...Object.fromEntries(maps.map((map, i) => [data[i]!, map])),
      prefix: "request.namespace + '.' + object.kind + '.'",
      key: "variables.prefix + object.metadata.name",
      accepted: `${found}.optMap(v, v.split(' ')).orValue([])`,
      names,
      given: byKind(given, "[]"),
      others: byKind(others, "[]"),
    }).map(([name, expression]) => ({ name, expression })),
    validations: [
      validation(`object.kind in ${cel(kinds)}`, {
        given: cel("a kind that the platform has none of in its namespaces"),
        accepted: cel(kinds.join(", ")),
        remedy: "Leave it out, or make it in a namespace that is not the platform's.",
      }),
      validation(`!(object.kind in ${cel(kinds)}) || variables.accepted != []`, {
        given: cel("a name that the config does not have"),
        // The API server makes the text of what holds too: it goes through all names only where none is found.
        accepted: `variables.accepted != [] ? '' : ${joined("variables.names")}`,
        remedy,
      }),
      validation("variables.accepted == [] || variables.given == variables.accepted", {
        given: joined("variables.given.filter(p, !(p in variables.accepted))"),
        accepted: joined("variables.accepted.filter(p, !(p in variables.given))"),
        remedy,
      }),
      validation("variables.others == []", {
        given: joined("variables.others"),
        accepted: byKind((spec) => cel(allPaths(spec).join(", ")), cel("")),
        remedy: "Leave it out: the platform's objects have no other field.",
      }),
    ],
  };
}

/** In CEL: what holds, and of what does not, what was given and what is accepted. */
function validation(
  expression: string,
  { given, accepted, remedy }: { readonly given: string; readonly accepted: string; readonly remedy: string },
): object {
  const called = "object.kind + ' ' + request.namespace + '/' + object.metadata.name";
  return {
    expression,
    // The API server's way out where the other message is longer than 5 KiB.
    message: `It is not as the platform's config says. ${remedy}`,
    messageExpression: `${called} + ': given ' + (${given}) + '; accepted: ' + (${accepted}) + ${cel(`. ${remedy}`)}`,
    reason: "Forbidden",
  };
}

/** Texts with commas between them, in CEL; `nothing` where there are none. */
function joined(list: string): string {
  return `${list} == [] ? 'nothing' : ${list}.join(', ')`;
}

/** A text, or a list of texts, in CEL. */
function cel(value: string | readonly string[]): string {
  return typeof value === "string" ? `'${value.replace(/['\\]/g, "\\$&")}'` : `[${value.map(cel).join(", ")}]`;
}

/** CEL for each kind, and for one that is not let through. */
function byKind(produce: (spec: Spec) => string, otherwise: string): string {
  const cases = Object.entries(KINDS).map(([kind, spec]) => `object.kind == ${cel(kind)} ? ${produce(spec)}\n: `);
  return cases.join("") + otherwise;
}

function allPaths(spec: Spec): string[] {
  return Object.entries(spec).flatMap(([parent, { held = [], free = [] }]) =>
    [...held, ...free].map((field) => within(parent, field)),
  );
}

/** In CEL, `field=value` of each field that an object of a kind is held to and has. */
function given(spec: Spec): string {
  return heldPaths(spec)
    .map((path) => {
      const text = TEXTS[path.split(".").at(-1)!] ?? "v";
      return `${inSpec(path)}.optMap(v, [${cel(`${path}=`)} + ${text}]).orValue([])`;
    })
    .join(" +\n");
}

/** In CEL, the fields that are neither held nor free. */
function others(spec: Spec): string {
  const parents = Object.keys(spec).filter((parent) => parent !== "");
  return Object.entries(spec)
    .map(([parent, { held = [], free = [] }]) => {
      const inner = parents.filter((each) => within(parent, each.split(".").at(-1)!) === each);
      const known = cel([...held, ...free, ...inner.map((each) => each.split(".").at(-1)!)]);
      const fields = parent === "" ? "variables.spec" : `${inSpec(parent)}.orValue({})`;
      return `${fields}.map(k, !(k in ${known}) && ${fields}[k] != false, ${cel(within(parent, ""))} + k)`;
    })
    .join(" +\n");
}

function inSpec(path: string): string {
  return `variables.spec.?${path.replaceAll(".", ".?")}`;
}
