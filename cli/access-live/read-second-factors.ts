import type { Asking } from "./asking";
import { endpoint, referenceTo, type LiveObject } from "./objects";

const TOTP = "vault_identity_mfa_totp";
const ENFORCEMENT = "vault_identity_mfa_login_enforcement";
const METHODS = "identity/mfa/method";

/**
 * Reads what logins ask for beside a password, and of whom. Of a second factor that is no authenticator app only that
 * there is one: what it answers may hold a secret.
 * @param nameOf what the id of a group or an entity means
 */
export async function readSecondFactors(ask: Asking, nameOf: (id: unknown) => string): Promise<LiveObject[]> {
  const apps = await ask.list(`${METHODS}/totp`, { types: [TOTP] });
  const others = (await ask.list(METHODS)).filter((id) => !apps.includes(id));
  const methods = await ask.each(apps, "reading second factors", async (id) => {
    const {
      id: _,
      name: _n,
      namespace_path: _p,
      ...values
    } = (await ask.member(`${METHODS}/totp`, id, { types: [TOTP] })) ?? {};
    return { id, values };
  });
  const called = new Map(methods.map(({ id, values }) => [id, referenceTo(TOTP, { issuer: values.issuer ?? id })]));
  const names = await ask.list("identity/mfa/login-enforcement", { types: [ENFORCEMENT] });
  const enforcements = await ask.each(names, "reading login enforcements", async (name): Promise<LiveObject> => {
    const answer =
      (await ask.member("identity/mfa/login-enforcement", name, { types: [ENFORCEMENT], keys: name })) ?? {};
    const { id: _, namespace_path: _p, ...more } = answer;
    const ids = (argument: string, named: (id: unknown) => string) =>
      Array.isArray(more[argument]) ? more[argument].map(named) : [];
    const values = {
      ...more,
      name,
      mfa_method_ids: ids("mfa_method_ids", (id) => called.get(String(id)) ?? String(id)),
      identity_group_ids: ids("identity_group_ids", nameOf),
      identity_entity_ids: ids("identity_entity_ids", nameOf),
    };
    return { type: ENFORCEMENT, values };
  });
  return [
    ...methods.map(({ values }) => ({ type: TOTP, values })),
    ...others.map((id) => endpoint(`${METHODS}/${id}`, {})),
    ...enforcements,
  ];
}
