import { startSampleVault, type SampleVault } from "./sample-vault";
import { DECOYS, OPERATIONS, PEOPLE, promised, SETS, WORKLOADS, type Operation } from "./promises";
import { describeLive } from "./servers";

const PATHS = [...SETS, ...DECOYS];
const WHO = [...PEOPLE, ...WORKLOADS];

// Real requests of real tokens; 403 is refused, whatever else Vault answers is not.
describeLive(["vault"], "every cell of who may do what, by real requests", () => {
  let vault: SampleVault;
  const tokens = new Map<string, string>();
  let requests = 0;

  const send = async (method: string, path: string, token: string, body?: unknown) => {
    requests++;
    return vault.server.request(method, path, { token, body });
  };
  const root = (method: string, path: string, body?: unknown) => vault.server.ok(method, path, { body });
  const place = (path: string) => root("POST", `kvv2/data/${path}`, { data: { KEY: "value" } });
  const forget = (path: string) => root("DELETE", `kvv2/metadata/${path}`);

  /** Tries one operation and puts back what it did. */
  const attempt = async (token: string, operation: Operation, path: string): Promise<number> => {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const restore = async (status: number, back: () => Promise<unknown>) => {
      if (status < 300) await back();
      return status;
    };
    switch (operation) {
      case "read":
        return (await send("GET", `kvv2/data/${path}`, token)).status;
      case "list":
        return (await send("LIST", `kvv2/metadata/${folder}`, token)).status;
      case "create":
        await forget(path);
        return restore(
          (await send("POST", `kvv2/data/${path}`, token, { data: { KEY: "created" }, options: { cas: 0 } })).status,
          () => forget(path),
        ).finally(() => place(path));
      case "update":
        return (await send("POST", `kvv2/data/${path}`, token, { data: { KEY: "updated" } })).status;
      case "patch":
        return (await send("PATCH", `kvv2/data/${path}`, token, { data: { KEY: "patched" } })).status;
      case "delete":
        return restore((await send("DELETE", `kvv2/data/${path}`, token)).status, () => place(path));
      case "delete versions":
        return restore((await send("POST", `kvv2/delete/${path}`, token, { versions: [1] })).status, () => place(path));
      case "undelete":
        return (await send("POST", `kvv2/undelete/${path}`, token, { versions: [1] })).status;
      case "destroy":
        return (await send("POST", `kvv2/destroy/${path}`, token, { versions: [1] })).status;
      case "subkeys":
        return (await send("GET", `kvv2/subkeys/${path}`, token)).status;
      case "metadata":
        return (await send("GET", `kvv2/metadata/${path}`, token)).status;
      case "change metadata":
        return (await send("POST", `kvv2/metadata/${path}`, token, { custom_metadata: { owner: "somebody" } })).status;
      case "delete metadata":
        return restore((await send("DELETE", `kvv2/metadata/${path}`, token)).status, () => place(path));
    }
  };

  beforeAll(async () => {
    vault = await startSampleVault();
    for (const path of DECOYS) await place(path);
    // Somebody who can log in and is in no group.
    await root("POST", "auth/userpass/users/nobody", { password: "a-password-of-nobody" });
    vault.loader.passwords.set("nobody", "a-password-of-nobody");
    for (const person of PEOPLE) tokens.set(person, await vault.login(person));
    for (const workload of WORKLOADS) {
      // As the role gives them: its policy and default. A cluster to log in from is another test's.
      const { auth } = await vault.server.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", {
        body: { policies: [workload], no_parent: true },
      });
      tokens.set(workload, auth.client_token);
    }
  });

  test.each(WHO)("%s", async (who) => {
    const wrong: string[] = [];
    let allowed = 0;
    for (const path of PATHS)
      for (const operation of OPERATIONS) {
        const status = await attempt(tokens.get(who)!, operation, path);
        const may = status !== 403;
        if (may) allowed++;
        // An allowed request must also have been a good one, or it would prove nothing.
        if (may !== promised(who, operation, path) || (may && status >= 300))
          wrong.push(
            `${operation} ${path}: ${status}, promised ${promised(who, operation, path) ? "allowed" : "refused"}`,
          );
      }
    expect(wrong).toEqual([]);
    expect(allowed).toBe(
      PATHS.flatMap((path) => OPERATIONS.filter((operation) => promised(who, operation, path))).length,
    );
    expect(allowed).toBeGreaterThan(who === "nobody" ? -1 : 0);
  });

  test("no request without a token does anything", async () => {
    for (const path of [SETS[0]!, DECOYS[0]!])
      for (const operation of OPERATIONS) expect(await attempt("", operation, path)).toBe(403);
  });

  test("the table has the size that it should have", () => {
    expect(WHO.length * PATHS.length * OPERATIONS.length).toBe(17 * 21 * 13);
    expect(requests).toBeGreaterThanOrEqual(17 * 21 * 13);
  });
});
