import production from "../../config/production";
import type { PlatformConfig } from "../../model";
import { UNSAFE } from "../helpers/configs";
import type { TestIssuer } from "./ci-tokens";
import type { VaultServer } from "./servers";

/** Production with its non-production Vault alone, whose CI's keys are the test's. */
export function nonprodPlatform(server: VaultServer, ci: TestIssuer): PlatformConfig {
  const { nonprod: _, ...others } = production.vaults;
  const here = (environment: string) => !Object.keys(others).includes(production.environments[environment]!.vault);
  const only = <T>(record: { readonly [name: string]: T }, keep: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => keep(name)));
  const apps = Object.fromEntries(
    Object.entries(production.apps).map(([name, app]) => {
      const { environments } = app;
      if (environments === undefined) return [name, app];
      return [
        name,
        {
          ...app,
          environments: Array.isArray(environments)
            ? environments.filter(here)
            : only(environments as { [name: string]: object }, here),
        },
      ];
    }),
  );
  const groups = Object.fromEntries(
    Object.entries(production.people!.groups!).flatMap(([name, group]) => {
      const grants = group.grants
        .flatMap((grant) =>
          grant.environments ? [{ ...grant, environments: grant.environments.filter(here) }] : [grant],
        )
        .filter(({ environments }) => environments?.length !== 0);
      return grants.length > 0 ? [[name, { grants }]] : [];
    }),
  );
  return {
    ...production,
    vaults: {
      nonprod: { address: server.address, unsafeNoTls: true, unsafeWithout: { tls: UNSAFE.tls }, mount: "apps" },
    },
    clusters: {
      nonprod: {
        context: "live",
        login: { type: "jwt", issuer: "https://cluster.example", publicKeys: [ci.publicKey] },
      },
    },
    environments: only(production.environments, here),
    apps,
    people: { groups, users: { "jonas.weber": { groups: ["storefront-developers"] } } },
    waivers: production.waivers!.filter(({ vault }) => vault === "nonprod"),
    pipelines: ci.pipelines(),
  };
}
