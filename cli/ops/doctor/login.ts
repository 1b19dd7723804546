import type { Tenant } from "../../../model";
import { VaultError, SecretValue, type VaultClient } from "../../vault";
import type { Kubernetes } from "../../kubernetes";
import { OPERATOR_API } from "../../up/sync";
import { claimsInWords, claimsOf, type Claims } from "./claims";
import { finding, type Finding } from "./findings";

/** How a tenant's VaultAuth logs in, as it is in the cluster: what is there decides, not what the config says. */
interface VaultAuth {
  readonly spec: {
    readonly mount: string;
    readonly method: "kubernetes" | "jwt";
    readonly kubernetes?: AuthMethod;
    readonly jwt?: AuthMethod;
  };
}

interface AuthMethod {
  readonly role: string;
  readonly serviceAccount: string;
  readonly audiences?: readonly string[];
}

/** What a login as the tenant came to. */
export interface LoginTried {
  /** What is wrong with it. */
  readonly findings: readonly Finding[];
  /** Whether a new login may read the values; undefined where there was no login. */
  readonly reads?: boolean;
}

/** The only tokens of service accounts that are asked for: for as short as Kubernetes allows. */
const TOKEN_SECONDS = 600;

/**
 * Logs in as a tenant's workload, the way the operator does, and asks what the login may read; reads no value, and
 * revokes the token. `reader` is a token that may read roles, so that what they say can be set beside what the service
 * account's token says.
 */
export async function tryLogin(
  kubernetes: Kubernetes,
  client: VaultClient,
  tenant: Tenant,
  reader: SecretValue | undefined,
): Promise<LoginTried> {
  const delivery = tenant.delivery!;
  const { namespace } = delivery;
  const auth = await kubernetes.get<VaultAuth>(
    `${OPERATOR_API}/namespaces/${namespace}/vaultauths/${delivery.vaultAuth}`,
  );
  if (!auth)
    return {
      findings: [
        finding(
          "binding-missing",
          tenant.name,
          `there is no VaultAuth ${delivery.vaultAuth} in namespace ${namespace}`,
          "the environment's stack was not applied, or somebody deleted it",
          `npm run deploy, with the stack of environment ${tenant.environment}`,
        ),
      ],
    };
  const method = auth.spec[auth.spec.method] ?? { role: tenant.name, serviceAccount: delivery.serviceAccount };
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/${method.serviceAccount}`;
  if (!(await kubernetes.get(account)))
    return {
      findings: [
        finding(
          "service-account-missing",
          tenant.name,
          `there is no service account ${method.serviceAccount} in namespace ${namespace}`,
          "somebody deleted it, or VaultAuth names another",
          `npm run deploy, with the stack of environment ${tenant.environment}`,
        ),
      ],
    };
  const spec = { expirationSeconds: TOKEN_SECONDS, ...(method.audiences?.length && { audiences: method.audiences }) };
  const jwt = new SecretValue(
    (await kubernetes.post<{ status: { token: string } }>(`${account}/token`, { spec })).status.token,
  );
  const claims = claimsOf(jwt.unsafeReveal());
  try {
    const answer = await client.write(`auth/${auth.spec.mount}/login`, { role: method.role, jwt }, { token: null });
    return await whatItMay(client, tenant, answer.auth!.token, method.role);
  } catch (error) {
    if (!(error instanceof VaultError) || error.kind === "sealed" || error.kind === "unreachable") throw error;
    const role = reader && (await readRole(client, auth.spec.mount, method.role, reader));
    return { findings: [refusal(tenant, auth.spec, method, claims, role, error)] };
  }
}

async function whatItMay(client: VaultClient, tenant: Tenant, token: SecretValue, role: string): Promise<LoginTried> {
  const path = tenant.path.data();
  const { data } = await client.write<{ capabilities?: readonly string[] }>(
    "sys/capabilities-self",
    { paths: [path] },
    { token },
  );
  await client.write("auth/token/revoke-self", {}, { token });
  const reads = Boolean(data.capabilities?.some((capability) => capability === "read" || capability === "root"));
  if (reads) return { reads, findings: [] };
  return {
    reads,
    findings: [
      finding(
        "role-without-policy",
        tenant.name,
        `a login with role ${role} works, and may not read ${path} (${data.capabilities?.join(", ") ?? "nothing"})`,
        `the role does not have the policy ${tenant.name}, or the policy does not grant this path`,
        "apply the stack that makes the workload's policy and role again; npm run access shows who has what",
      ),
    ],
  };
}

/** A role, of either auth method. */
interface Role {
  readonly audience?: string;
  readonly bound_audiences?: readonly string[] | null;
  readonly bound_subject?: string;
  readonly bound_service_account_names?: readonly string[];
  readonly bound_service_account_namespaces?: readonly string[];
}

async function readRole(
  client: VaultClient,
  mount: string,
  role: string,
  token: SecretValue,
): Promise<Role | undefined> {
  // Who may not read roles learns less, and nothing wrong.
  return client.readIfPresent<Role>(`auth/${mount}/role/${role}`, { token }).then(
    (answer) => answer?.data,
    () => undefined,
  );
}

/** Source: answers of Vault 1.21.1 to logins that were made to fail (test/live/doctor.test.ts). */
function refusal(
  { name }: Tenant,
  { mount, method: type }: VaultAuth["spec"],
  method: AuthMethod,
  claims: Claims | undefined,
  role: Role | undefined,
  error: VaultError,
): Finding {
  const said = error.errors.join("; ") || error.kind;
  const seen =
    `Vault refuses the login of ${method.serviceAccount} with role ${method.role} at ` +
    `auth/${mount}: ${said}${claims ? `; ${claimsInWords(claims)}` : ""}`;
  const again = "apply the stack that makes the role again";
  const [, , namespace = "", account = ""] = claims?.subject.split(":") ?? [];
  if (/could not be found|invalid role name/i.test(said))
    return finding(
      "role-missing",
      name,
      seen,
      `Vault has no role ${method.role} at auth/${mount}`,
      `${again}, or set the role in VaultAuth`,
    );
  if (/\baud\b|audience/i.test(said)) {
    const wants = [role?.audience ?? role?.bound_audiences ?? []].flat().join(", ");
    return finding(
      "wrong-audience",
      name,
      seen,
      `the role takes tokens for another audience${wants ? `: ${wants}` : ""}; the service ` +
        `account's is for ${claims?.audiences.join(", ") ?? "none"}`,
      `${again}, or set spec.${type}.audiences of VaultAuth to the role's`,
    );
  }
  // The jwt method says "subject" for the namespace and the name alike; the role tells which.
  const [, , boundNamespace = "", boundAccount = ""] = role?.bound_subject?.split(":") ?? [];
  if (
    /namespace not authorized/i.test(said) ||
    (/\bsub\b|subject/i.test(said) && (boundNamespace === "" || boundNamespace !== namespace))
  ) {
    const wants = role?.bound_service_account_namespaces?.join(", ") ?? boundNamespace;
    return finding(
      "wrong-namespace",
      name,
      seen,
      `the role is bound to another namespace${wants ? `: ${wants}` : ""}; the service account is in ${namespace}`,
      `${again}; a role is one service account's, in one namespace`,
    );
  }
  if (/service account name not authorized/i.test(said) || /\bsub\b|subject/i.test(said)) {
    const wants = role?.bound_service_account_names?.join(", ") ?? boundAccount;
    return finding(
      "wrong-service-account",
      name,
      seen,
      `the role is bound to another service account${wants ? `: ${wants}` : ""}; this is ${account}`,
      again,
    );
  }
  if (/no known key|signature|verify|failed to find a key/i.test(said))
    return finding(
      "wrong-key",
      name,
      seen,
      "Vault checks tokens with keys that are not this cluster's: the cluster was made anew, or the " +
        "issuer's keys have changed",
      `set clusters.<name>.login to this cluster's issuer and keys, and apply the access stack`,
    );
  return finding(
    "login-refused",
    name,
    seen,
    type === "kubernetes"
      ? "Vault may not be allowed to review tokens in that cluster (system:auth-delegator), does " +
          "not reach its API server, or does not trust its CA"
      : "see what Vault says",
    "read the server's log at the time of this login",
  );
}
