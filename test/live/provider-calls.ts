/** A resource's arguments in Terraform's names, or an answer of Vault. */
export type Attributes = { readonly [name: string]: unknown };

/** What is remembered of a resource that was made. */
export interface Loaded {
  readonly type: string;
  /** Its arguments as they stood in the stack, to see a change. */
  readonly text: string;
  readonly attributes: Attributes;
  /** What only Vault knew: ids and accessors. */
  readonly made: Attributes;
  readonly preventDestroy: boolean;
}

/** One request to Vault. Throws unless the answer is 2xx. */
type Call = (method: string, path: string, body?: unknown) => Promise<Attributes>;

/**
 * The calls of one resource type; each returns what only Vault knows of it. Without `remove`, a destroy does nothing.
 */
interface Calls {
  create(call: Call, attributes: Attributes): Promise<Attributes>;
  /** @default the same call as `create` */
  update?(call: Call, attributes: Attributes, before: Loaded): Promise<Attributes>;
  remove?(call: Call, before: Loaded): Promise<unknown>;
}

// Of an entity or group of a name that is taken Vault returns nothing, and the provider stops.
const id = (answer: Attributes): Attributes => {
  if (!answer.data) throw new Error("it already exists");
  return { id: (answer.data as { id: string }).id };
};
const text = (value: unknown): string => String(value);

/** The named arguments, without those that are not there. */
function pick(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(
    names
      .filter((name) => attributes[name] !== undefined && attributes[name] !== null)
      .map((name) => [name, attributes[name]]),
  );
}

async function mountAuth(call: Call, { path, type, description }: Attributes): Promise<Attributes> {
  await call("POST", `sys/auth/${text(path)}`, { type, description });
  const { data } = await call("GET", "sys/auth");
  return { accessor: (data as { [mount: string]: { accessor: string } })[`${text(path)}/`]!.accessor };
}

async function tune(call: Call, path: unknown, settings: Attributes | undefined): Promise<void> {
  if (settings)
    await call(
      "POST",
      `sys/mounts/auth/${text(path)}/tune`,
      pick(settings, "default_lease_ttl", "max_lease_ttl", "token_type", "listing_visibility"),
    );
}

const entityBody = (attributes: Attributes): Attributes => pick(attributes, "name", "policies", "metadata", "disabled");
const groupBody = (attributes: Attributes): Attributes =>
  pick(attributes, "name", "type", "policies", "member_entity_ids", "metadata");

/**
 * What the Vault provider 5.10.1 sends for each resource type of ours. Source: its code, and requests seen at a Vault
 * 1.21 while Terraform applied the same stacks.
 */
export const PROVIDER_CALLS: { readonly [type: string]: Calls } = {
  vault_mount: {
    create: async (call, { path, type, description, options }) =>
      call("POST", `sys/mounts/${text(path)}`, { type, description, options }),
    update: async (call, { path, description }) => call("POST", `sys/mounts/${text(path)}/tune`, { description }),
  },
  vault_kv_secret_backend_v2: {
    create: async (call, attributes) => {
      // For a moment after it was mounted, the engine answers that it is upgrading.
      for (let attempt = 1; ; attempt++) {
        try {
          return await call(
            "POST",
            `${text(attributes.mount)}/config`,
            pick(attributes, "max_versions", "cas_required"),
          );
        } catch (error) {
          if (attempt === 50 || !/upgrad/i.test(String(error))) throw error;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    },
  },
  vault_audit: {
    create: async (call, { path, type, options }) => call("PUT", `sys/audit/${text(path)}`, { type, options }),
    remove: (call, { attributes }) => call("DELETE", `sys/audit/${text(attributes.path)}`),
  },
  vault_auth_backend: {
    create: async (call, attributes) => {
      const made = await mountAuth(call, attributes);
      await tune(call, attributes.path, (attributes.tune as Attributes[] | undefined)?.[0]);
      return made;
    },
    update: async (call, attributes) => {
      await tune(call, attributes.path, (attributes.tune as Attributes[] | undefined)?.[0]);
      return {};
    },
    remove: (call, { attributes }) => call("DELETE", `sys/auth/${text(attributes.path)}`),
  },
  vault_jwt_auth_backend: {
    create: async (call, attributes) => {
      const made = await mountAuth(call, { ...attributes, type: "jwt" });
      // A discovery URL would be asked for its keys at once; no such issuer answers in a test.
      if (attributes.jwt_validation_pubkeys)
        await call(
          "POST",
          `auth/${text(attributes.path)}/config`,
          pick(attributes, "bound_issuer", "jwt_validation_pubkeys"),
        );
      return made;
    },
    remove: (call, { attributes }) => call("DELETE", `sys/auth/${text(attributes.path)}`),
  },
  vault_kubernetes_auth_backend_config: {
    // Without a CA of its own, Vault looks for the one of the pod that it runs in; a test's Vault runs in none.
    create: async (call, attributes) =>
      call("POST", `auth/${text(attributes.backend)}/config`, {
        ...pick(attributes, "kubernetes_host", "kubernetes_ca_cert"),
        disable_iss_validation: attributes.disable_iss_validation ?? false,
        ...(!attributes.kubernetes_ca_cert && { disable_local_ca_jwt: true }),
      }),
  },
  vault_policy: {
    create: async (call, { name, policy }) => call("PUT", `sys/policies/acl/${text(name)}`, { policy }),
    remove: (call, { attributes }) => call("DELETE", `sys/policies/acl/${text(attributes.name)}`),
  },
  vault_identity_entity: {
    create: async (call, attributes) => id(await call("POST", "identity/entity", entityBody(attributes))),
    update: async (call, attributes, { made }) =>
      call("POST", `identity/entity/id/${text(made.id)}`, { disabled: false, ...entityBody(attributes) }).then(
        () => ({}),
      ),
    remove: (call, { made }) => call("DELETE", `identity/entity/id/${text(made.id)}`),
  },
  vault_identity_entity_alias: {
    create: async (call, attributes) =>
      id(await call("POST", "identity/entity-alias", pick(attributes, "name", "mount_accessor", "canonical_id"))),
    remove: (call, { made }) => call("DELETE", `identity/entity-alias/id/${text(made.id)}`),
  },
  vault_identity_group: {
    create: async (call, attributes) => id(await call("POST", "identity/group", groupBody(attributes))),
    update: async (call, attributes, { made }) =>
      call("POST", `identity/group/id/${text(made.id)}`, groupBody(attributes)).then(() => ({})),
    remove: (call, { made }) => call("DELETE", `identity/group/id/${text(made.id)}`),
  },
  vault_userpass_auth_backend_user: {
    create: async (call, { mount, username, password_wo: password }) =>
      call("POST", `auth/${text(mount)}/users/${text(username)}`, { password }).then(() => ({})),
    remove: (call, { attributes }) =>
      call("DELETE", `auth/${text(attributes.mount)}/users/${text(attributes.username)}`),
  },
  vault_kubernetes_auth_backend_role: {
    create: async (call, attributes) =>
      call(
        "POST",
        `auth/${text(attributes.backend)}/role/${text(attributes.role_name)}`,
        pick(
          attributes,
          "bound_service_account_names",
          "bound_service_account_namespaces",
          "audience",
          "token_policies",
          "token_ttl",
          "token_max_ttl",
          "token_no_default_policy",
          "token_num_uses",
          "token_type",
        ),
      ),
    remove: (call, { attributes }) =>
      call("DELETE", `auth/${text(attributes.backend)}/role/${text(attributes.role_name)}`),
  },
  vault_jwt_auth_backend_role: {
    create: async (call, attributes) =>
      call("POST", `auth/${text(attributes.backend)}/role/${text(attributes.role_name)}`, {
        ...pick(
          attributes,
          "role_type",
          "user_claim",
          "bound_audiences",
          "bound_subject",
          "bound_claims_type",
          "token_policies",
          "token_no_default_policy",
          "token_type",
          "token_ttl",
          "token_max_ttl",
        ),
        // The provider parts a claim's values at commas.
        bound_claims: Object.fromEntries(
          Object.entries((attributes.bound_claims ?? {}) as Record<string, string>).map(([claim, values]) => [
            claim,
            values.includes(",") ? values.split(",") : values,
          ]),
        ),
      }),
    remove: (call, { attributes }) =>
      call("DELETE", `auth/${text(attributes.backend)}/role/${text(attributes.role_name)}`),
  },
  vault_kv_secret_v2: {
    create: async (call, attributes) =>
      call("POST", `${text(attributes.mount)}/data/${text(attributes.name)}`, {
        data: JSON.parse(text(attributes.data_json_wo)) as unknown,
        options: { cas: Number((attributes.options as { cas: string }).cas) },
      }).then(() => ({})),
  },
  vault_generic_endpoint: {
    create: async (call, attributes) =>
      call("POST", text(attributes.path), JSON.parse(text(attributes.data_json))).then(() => ({})),
  },
};
