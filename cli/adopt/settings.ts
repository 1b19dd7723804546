import { isObject } from "../../access";
import { USERPASS_MOUNT } from "../../model";
import { objectIn } from "./config";
import type { Found } from "./found";
import type { Left } from "./left";

/** Settings of the mount and of userpass that the first apply would change, since no config says them. */
export function changedSettings(found: Found, mount: string): Left[] {
  const kv = objectIn(found, "vault_kv_secret_backend_v2", "mount", mount) ?? {};
  const tune = objectIn(found, "vault_auth_backend", "path", USERPASS_MOUNT)?.tune;
  const ends = String(kv.delete_version_after ?? "0s");
  const { token_type: type, listing_visibility: listing } = isObject(tune) ? tune : {};
  const changes: readonly (readonly [boolean, string, string])[] = [
    [ends !== "0s", `delete_version_after of mount ${mount} (${ends})`, "versions no longer end by themselves"],
    // The provider knows such a mount only as one that it makes the settings of (constructs/kv-mount.ts).
    [kv.cas_required === true && /[config]$/.test(mount), `cas_required of mount ${mount}`, "writes need no cas"],
    [
      ![undefined, "default-service"].includes(type as string | undefined),
      `token_type of auth method ${USERPASS_MOUNT} (${String(type)})`,
      "logins give service tokens",
    ],
  ];
  const listed = {
    what: `listing_visibility of auth method ${USERPASS_MOUNT} (${String(listing || "hidden")})`,
    why: "the first apply sets unauth: the login page offers it to everybody",
  };
  return [
    ...changes
      .filter(([differs]) => differs)
      .map(([, what, then]) => ({ what, why: `the first apply takes it off: ${then}` })),
    ...(tune !== undefined && listing !== "unauth" ? [listed] : []),
  ];
}
