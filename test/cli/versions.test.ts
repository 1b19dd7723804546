import { advisoryLines, configuredServers, pinnedVersions } from "../../cli/versions";
import production from "../../config/production";
import { resolvePlatform, type PlatformConfig } from "../../model";
import { ROOT } from "../helpers/source";

/** What `npm run versions` says of the servers of a config whose two Vaults have more settings. */
function servers(nonprod: object, prod: object = {}) {
  const { vaults, ...rest } = production as PlatformConfig;
  const changed = { nonprod: { ...vaults.nonprod!, ...nonprod }, prod: { ...vaults.prod!, ...prod } };
  return configuredServers(resolvePlatform({ ...rest, vaults: changed }), "config/production.ts");
}

describe("npm run versions, of servers", () => {
  test("nothing that the project pins has a known defect in its access control", () => {
    expect(advisoryLines(pinnedVersions(ROOT))).toEqual([]);
  });

  test("a config that takes the pinned image names none", () => {
    expect(servers({})).toEqual([]);
  });

  test("a config's own image is named, with what is known of it, what fixes it and where that is said", () => {
    const pinned = servers({ image: { repository: "registry.acme.example/vault", tag: "2.2.1" } });
    expect(pinned.map(({ name, version, where, by }) => [name, version, where, by])).toEqual([
      ["registry.acme.example/vault", "2.2.1", "config/production.ts: vaults.nonprod", "its tag"],
    ]);
    const lines = advisoryLines(pinned);
    expect(lines.map((line) => /CVE-[0-9-]+/.exec(line)?.[0])).toEqual(["CVE-2026-92735", "CVE-2026-93335"]);
    expect(lines[1]).toBe(
      "registry.acme.example/vault 2.2.1 (config/production.ts: vaults.nonprod) has CVE-2026-93335: deny does not " +
        "match a path in other case; fixed in 1.19.25, 1.21.14, 2.2.2. https://www.cve.org/CVERecord?id=CVE-2026-93335",
    );
  });

  test("an image of OpenBao is held against OpenBao's", () => {
    const ids = (tag: string) =>
      servers({}, { image: { repository: "quay.io/openbao/openbao", tag } }).flatMap(({ advisories = [] }) =>
        advisories.map(({ id }) => id),
      );
    expect([ids("2.5.3"), ids("2.6.2")]).toEqual([["CVE-2026-63131"], []]);
  });
});
