import { inTurn, ops } from "./ops";
import { describeLive, startVault, temporaryFolder, type VaultServer } from "./servers";

const sealed = async (server: VaultServer) =>
  await server.ok<{ sealed: boolean; progress: number }>("GET", "sys/seal-status", { token: "" });

describeLive(["vault"], "unseal: any three of five shares, one by one", () => {
  let server: VaultServer;
  let other: VaultServer;

  beforeAll(async () => {
    [server, other] = await Promise.all([startVault({ storage: "file" }), startVault({ storage: "file" })]);
    await server.init(5, 3);
    await other.init(5, 3);
  });

  test.each([
    [[0, 1, 2]],
    [[0, 1, 3]],
    [[0, 1, 4]],
    [[0, 2, 3]],
    [[0, 2, 4]],
    [[0, 3, 4]],
    [[1, 2, 3]],
    [[1, 2, 4]],
    [[1, 3, 4]],
    [[4, 3, 2]],
  ])("shares %p unseal it", async (which) => {
    const io = await ops(server, ["unseal"], { secret: inTurn(which.map((index) => server.keys[index]!)) });
    expect(io.questions).toEqual([1, 2, 3].map((n) => `Key share ${n} of 3, to unseal ${server.address}`));
    expect(io.errLines).toEqual(["1 of 3 taken.", "2 of 3 taken."]);
    expect(io.outLines).toEqual([`${server.address}: unsealed`]);
    expect((await sealed(server)).sealed).toBe(false);
    await server.seal();
  });

  test("a share of another Vault is said, and all are asked for again", async () => {
    const io = await ops(server, ["unseal"], {
      secret: inTurn([
        server.keys[0]!,
        other.keys[1]!,
        server.keys[2]!,
        server.keys[0]!,
        server.keys[1]!,
        server.keys[2]!,
      ]),
    });
    expect(io.errLines.filter((line) => !/taken/.test(line))).toEqual([
      "Vault did not take the key shares: at least one of the 3 is wrong, from another Vault, or " +
        "from before a rekey; which one cannot be told. All are asked for again.",
    ]);
    expect(io.code).toBe(0);
    await server.seal();
  });

  test("what is no share is not sent; one given twice does not count; the others go on", async () => {
    const [a, b, c] = server.keys as [string, string, string];
    const io = await ops(server, ["unseal"], {
      secret: inTurn([a, "correct horse", a, ` ${b} `, Buffer.from(c, "base64").toString("hex")]),
    });
    expect(io.errLines).toEqual([
      "1 of 3 taken.",
      "that is no key share: it is 32 or 33 bytes, in base64 or hexadecimal. It was not sent; once more, please.",
      "that key share was given before; another one, please.",
      "2 of 3 taken.",
    ]);
    expect(io.code).toBe(0);
    await server.seal();
  });

  test("sealed half-way: what somebody began is carried on", async () => {
    await server.ok("PUT", "sys/unseal", { token: "", body: { key: server.keys[4] } });
    expect((await sealed(server)).progress).toBe(1);
    const io = await ops(server, ["unseal"], { secret: inTurn([server.keys[1]!, server.keys[0]!]) });
    expect(io.questions[0]).toBe(`Key share 2 of 3, to unseal ${server.address}`);
    expect(io.outLines).toEqual([`${server.address}: unsealed`]);
  });

  test("an unsealed one is left alone, without a question", async () => {
    const io = await ops(server, ["unseal"]);
    expect(io.outLines).toEqual([`${server.address}: was unsealed`]);
    expect(io.questions).toEqual([]);
  });

  test("after kill -9 it is sealed, and unsealed again", async () => {
    await server.kill9();
    await server.start();
    const io = await ops(server, ["unseal"], { secret: inTurn(server.keys) });
    expect(io.outLines).toEqual([`${server.address}: unsealed`]);
  });

  test("a share on the command line is refused, and not repeated", async () => {
    const io = await ops(server, ["unseal", server.keys[0]!]);
    expect(io.code).toBe(2);
    expect(io.errLines.join()).toContain("A key share has no place on a command line");
    expect(io.errLines.join()).not.toContain(server.keys[0]);
  });

  test("without a terminal it asks nothing and changes nothing", async () => {
    const io = await ops(other, ["unseal"], { terminal: false });
    expect(io.code).toBe(2);
    expect((await sealed(other)).progress).toBe(0);
  });

  test("a server that is not there, and one that is not initialised, are said with what to do", async () => {
    const gone = await ops(server, ["unseal", "--address", "http://127.0.0.1:1"]);
    expect(gone.errLines.join()).toMatch(/Vault cannot be reached.*Next: check VAULT_ADDR/);
    const fresh = await startVault({ storage: "file" });
    const io = await ops(fresh, ["unseal"]);
    expect(io.errLines.join()).toContain("not initialised yet: npm run ops -- init, or npm run up");
    await fresh.remove();
  });
});

describeLive(["vault"], "unseal: every replica of an HA server", () => {
  test("shares are asked for once, for all servers, one after the other", async () => {
    const leader = await startVault({ storage: "raft" });
    await leader.init(5, 3);
    // It finds the leader by retry_join, as the chart's servers do, once that is unsealed.
    const raft = {
      path: temporaryFolder("raft"),
      node_id: "node-1",
      performance_multiplier: 1,
      retry_join: [{ leader_api_addr: leader.address }],
    };
    const joining = await startVault({ storage: "raft", config: { storage: { raft } } });
    const io = await ops(leader, ["unseal", "--address", leader.address, "--address", joining.address], {
      secret: inTurn(leader.keys),
    });
    expect(io.errLines.filter((line) => !/waiting for it to join/.test(line))).toEqual([
      "1 of 3 taken.",
      "2 of 3 taken.",
    ]);
    expect(io.questions).toHaveLength(3);
    expect(io.outLines).toEqual([`${leader.address}: unsealed`, `${joining.address}: unsealed`]);
    expect((await sealed(joining)).sealed).toBe(false);
  });
});
