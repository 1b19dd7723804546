import type { BoundSet } from "../../../model";
import { SecretValue, VaultError, type VaultClient } from "../../vault";
import type { Kubernetes } from "../../kubernetes";
import { claimsOf, type Claims } from "../../jwt";
import { OPERATOR_API } from "../../up/sync";
import { absentFrom, type FindingId, type Report } from "./findings";

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

/** The only tokens of service accounts that are asked for: for as short as Kubernetes allows. */
const TOKEN_SECONDS = 600;

/**
 * Logs in as a tenant's workload, the way the operator does, and asks what the login may read; reads no value, and
 * revokes the token. With a token in the client that may read roles, what they say is set beside what the service
 * account's token says. Returns whether a new login may read the values; undefined where there was no login.
 */
export async function tryLogin(
  report: Report,
  kubernetes: Kubernetes,
  client: VaultClient,
  tenant: BoundSet,
): Promise<boolean | undefined> {
  const { namespace, vaultAuth, serviceAccount } = tenant.delivery!;
  const absent = absentFrom(report, tenant);
  const auth = await kubernetes.get<VaultAuth>(`${OPERATOR_API}/namespaces/${namespace}/vaultauths/${vaultAuth}`);
  if (!auth) return absent("binding-missing", `VaultAuth ${vaultAuth}`);
  const { mount, method: type } = auth.spec;
  const method = auth.spec[type] ?? { role: tenant.role, serviceAccount };
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/${method.serviceAccount}`;
  if (!(await kubernetes.get(account)))
    return absent(
      "service-account-missing",
      `service account ${method.serviceAccount}`,
      "somebody deleted it, or VaultAuth names another",
    );
  const spec = { expirationSeconds: TOKEN_SECONDS, ...(method.audiences?.length && { audiences: method.audiences }) };
  const { status } = await kubernetes.post<{ status: { token: string } }>(`${account}/token`, { spec });
  const login = { role: method.role, jwt: new SecretValue(status.token) };
  try {
    const { auth: made } = await client.write(`auth/${mount}/login`, login, { token: null });
    return await mayRead(report, client, tenant, made!.token, method.role);
  } catch (error) {
    if (!(error instanceof VaultError) || error.kind === "sealed" || error.kind === "unreachable") throw error;
    // Who may not read roles learns less, and nothing wrong.
    const path = `auth/${mount}/role/${method.role}`;
    const role = client.token && (await client.readIfPresent<Role>(path).catch(() => undefined));
    return reportRefusal(report, auth.spec, method, claimsOf(status.token), role, error);
  }
}

async function mayRead(
  report: Report,
  client: VaultClient,
  tenant: BoundSet,
  token: SecretValue,
  role: string,
): Promise<boolean> {
  const path = tenant.path.data();
  const asked = { paths: [path] };
  const { data } = await client.write<{ capabilities?: readonly string[] }>("sys/capabilities-self", asked, { token });
  await client.write("auth/token/revoke-self", {}, { token });
  const reads = ["read", "root"].some((capability) => data.capabilities?.includes(capability));
  if (!reads)
    report(
      "role-without-policy",
      `a login with role ${role} works, and may not read ${path} (${data.capabilities?.join(", ") ?? "nothing"})`,
      `the role does not have the policy ${tenant.role}, or the policy does not grant this path`,
      "apply the stack that makes the workload's policy and role again; npm run access shows who has what",
    );
  return reads;
}

/** A role, of either auth method. */
interface Role {
  readonly audience?: string;
  readonly bound_audiences?: readonly string[] | null;
  readonly bound_subject?: string;
  readonly bound_service_account_names?: readonly string[];
  readonly bound_service_account_namespaces?: readonly string[];
}

/** Source: answers of Vault 1.21.1 to logins that were made to fail (test/live/doctor.test.ts). */
function reportRefusal(
  report: Report,
  { mount, method: type }: VaultAuth["spec"],
  method: AuthMethod,
  claims: Claims | undefined,
  role: Role | undefined,
  error: VaultError,
): undefined {
  const said = error.errors.join("; ") || error.kind;
  const seen =
    `Vault refuses the login of ${method.serviceAccount} with role ${method.role} at ` +
    `auth/${mount}: ${said}${claims ? `; ${claimsInWords(claims)}` : ""}`;
  const found = (id: FindingId, cause: string, remedy: string): undefined => void report(id, seen, cause, remedy);
  const again = "apply the stack that makes the role again";
  const wants = (values: readonly string[] | string | null = []): string =>
    values?.length ? `: ${[values].flat().join(", ")}` : "";
  const [, , namespace = "", account = ""] = claims?.subject.split(":") ?? [];
  if (/could not be found|invalid role name/i.test(said))
    return found(
      "role-missing",
      `Vault has no role ${method.role} at auth/${mount}`,
      `${again}, or set the role in VaultAuth`,
    );
  if (/\baud\b|audience/i.test(said))
    return found(
      "wrong-audience",
      `the role takes tokens for another audience${wants(role?.audience ?? role?.bound_audiences)}; the service ` +
        `account's is for ${claims?.audiences.join(", ") ?? "none"}`,
      `${again}, or set spec.${type}.audiences of VaultAuth to the role's`,
    );
  // The jwt method says "subject" for the namespace and the name alike; the role tells which.
  const [, , boundNamespace = "", boundAccount = ""] = role?.bound_subject?.split(":") ?? [];
  const subject = /\bsub\b|subject/i.test(said);
  if (/namespace not authorized/i.test(said) || (subject && (boundNamespace === "" || boundNamespace !== namespace)))
    return found(
      "wrong-namespace",
      `the role is bound to another namespace${wants(role?.bound_service_account_namespaces ?? boundNamespace)}; ` +
        `the service account is in ${namespace}`,
      `${again}; a role is one service account's, in one namespace`,
    );
  if (/service account name not authorized/i.test(said) || subject)
    return found(
      "wrong-service-account",
      `the role is bound to another service account${wants(role?.bound_service_account_names ?? boundAccount)}; ` +
        `this is ${account}`,
      again,
    );
  if (/no known key|signature|verify|failed to find a key/i.test(said))
    return found(
      "wrong-key",
      "Vault checks tokens with keys that are not this cluster's: the cluster was made anew, or the " +
        "issuer's keys have changed",
      `set clusters.<name>.login to this cluster's issuer and keys, and apply the access stack`,
    );
  return found(
    "login-refused",
    type === "kubernetes"
      ? "Vault may not be allowed to review tokens in that cluster (system:auth-delegator), does " +
          "not reach its API server, or does not trust its CA"
      : "see what Vault says",
    "read the server's log at the time of this login",
  );
}

/** Claims in few words. */
function claimsInWords({ issuer, subject, audiences, expires }: Claims): string {
  return (
    `its token says: subject ${subject}, audience ${audiences.join(", ") || "none"}, issuer ` +
    `${issuer}, until ${expires}`
  );
}
