import type { GroupConfig, PlatformConfig } from "../../model";
import { smallConfig } from "../helpers/configs";
import { addresses, synthPlatform } from "../helpers/synth";

const shop = { owner: "team", keys: ["KEY"] };
const read: GroupConfig = { grants: [{ access: "read", apps: "all" }] };
const withUsers = (...names: string[]): PlatformConfig =>
  smallConfig({
    people: {
      groups: { readers: read },
      users: Object.fromEntries(names.map((name) => [name, { groups: ["readers"] }])),
    },
  });

test.each(["vault", "kubernetes", "backend", "resource", "secrets", "default"])(
  "an app may be called %s: no part of a stack has an address that an app's name could take",
  (name) => {
    const small = addresses(synthPlatform(smallConfig()).stacks["small-dev"]!);
    const { stacks } = synthPlatform(smallConfig({ apps: { [name]: shop } }));
    expect(addresses(stacks["small-dev"]!)).toEqual(
      small.map((address) => address.replace(/(?<=\.)shop(?=_)/, name)).sort(),
    );
  },
);

test.each([
  ["jo", "jo.alias"],
  ["jo", "jo.entity"],
  ["jo", "jo.password"],
  ["jo.a", "jo-a"],
  ["jo", "jo.resource"],
])("people may be called %s and %s: each has addresses of its own", (...names) => {
  const of = (...each: string[]) => addresses(synthPlatform(withUsers(...each)).stacks["small-access-main"]!);
  const none = of().length;
  expect(of(...names)).toHaveLength(none + 2 * (of("jo").length - none));
});

test.each(["main", "vault-main"])(
  "an environment, a cluster, a Vault, an app, a group and a user may all be called %s",
  (name) => {
    const config: PlatformConfig = {
      name: "small",
      vaults: { [name]: { cluster: name, unsafeNoTls: true } },
      clusters: { [name]: { context: "local" } },
      environments: { [name]: { vault: name, cluster: name } },
      apps: { [name]: shop },
      people: { groups: { [name]: read }, users: { [name]: { groups: [name] } } },
    };
    expect(Object.keys(synthPlatform(config).stacks)).toEqual([
      `small-vault-${name}`,
      `small-access-${name}`,
      `small-operator-${name}`,
      `small-${name}`,
    ]);
  },
);
