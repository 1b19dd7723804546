import { platform } from "./support";

const shop = (more: object = {}) =>
  platform({
    "vaults/main/address": "http://main",
    "vaults/other": { address: "https://other" },
    "clusters/east": { context: "east", login: { type: "jwt", issuer: "https://issuer" } },
    "environments/qa": { vault: "other", cluster: "east" },
    ...more,
  });

describe("a platform's stacks", () => {
  it("come in the order in which they can be applied, each after what it needs", () => {
    const { stacks } = shop();
    expect(stacks.map(({ name }) => name)).toEqual([
      "shop-vault-main",
      "shop-access-main",
      "shop-access-other",
      "shop-operator-home",
      "shop-operator-east",
      "shop-dev",
      "shop-prod",
      "shop-qa",
    ]);
    stacks.forEach(({ needs }, i) => {
      const before = stacks.slice(0, i).map(({ name }) => name);
      expect(before).toEqual(expect.arrayContaining([...needs]));
    });
  });

  it("say what each is, and what it needs", () => {
    const backend = { type: "pg" };
    const { stacks } = shop({ "environments/qa/backend": backend });
    expect(stacks.filter(({ name }) => ["shop-access-other", "shop-qa"].includes(name))).toEqual([
      { name: "shop-access-other", kind: "access", vault: "other", backend: { type: "local" }, needs: [] },
      {
        name: "shop-qa",
        kind: "environment",
        vault: "other",
        cluster: "east",
        environment: "qa",
        backend,
        needs: ["shop-access-other", "shop-operator-east"],
      },
    ]);
  });
});

describe("a Vault's auth mounts", () => {
  it("are of people, of every cluster that logs in, and of the CI", () => {
    const pipelines = {
      issuer: "https://ci",
      audience: "vault",
      repository: "acme/shop",
      require: { repository_id: "1" },
    };
    const { vaults } = shop({ pipelines, backend: { type: "pg" } });
    expect(vaults.map(({ authMounts }) => authMounts)).toEqual([
      [
        { path: "userpass", type: "userpass" },
        { path: "kubernetes", type: "kubernetes", cluster: "home" },
        { path: "jwt-ci", type: "jwt" },
      ],
      [
        { path: "userpass", type: "userpass" },
        { path: "kubernetes-east", type: "jwt", cluster: "east" },
        { path: "jwt-ci", type: "jwt" },
      ],
    ]);
  });
});
