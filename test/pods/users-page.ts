import { dirname } from "node:path";
import { OpsProcesses } from "../live/ops-process";
import type { Cluster } from "./cluster";
import { plain } from "./commands";
import type { Parts } from "./parts";
import { PASSWORD, READER, secretWord, WRITER, type SamplePods } from "./sample-pods";

const ADMIN = "platform-admin";
/** Three days: the longest that an invitation lasts, in seconds. */
const LONGEST = 3 * 86_400;

/** Lines that somebody types in a shell beside the cluster, without this project. */
class Shell extends OpsProcesses {
  constructor(
    private readonly cluster: Cluster,
    parts: Parts,
    host: string,
  ) {
    super({ PATH: `${dirname(parts.vault)}:${process.env.PATH}`, VAULT_ADDR: `http://${host}:8200` });
  }

  protected override commandLine([line = ""]: readonly string[]): readonly [string, ...string[]] {
    return this.cluster.inside(["bash", "-c", line]);
  }
}

/** The people of docs/secrets.md in real pods: the comments name its sentences (test/house/pages.test.ts). */
export function usersPage(parts: Parts, platform: () => SamplePods): void {
  const users = async (command: string, user: string, answers = platform().as(ADMIN)) => {
    const ended = await platform().run(["ops", "users", ...command.split(" "), ...(user ? [user] : [])], answers);
    return { code: ended.code, text: plain(ended) };
  };
  const lookUp = (token: string) => platform().vault(["token", "lookup"], "", token);
  const choose = (user: string) => {
    const word = (platform().passwords[user] = secretWord());
    return [
      [`New password of ${user}`, word],
      ["The same once more", word],
    ] as const;
  };

  describe("docs/secrets.md, people", () => {
    test("an invitation opens once, within three days; whoever comes second is told what that means", async () => {
      // secrets.md: | `users invite NAME`
      // secrets.md: | `users accept NAME`
      // secrets.md: A token that has been used before its person comes
      const token = await platform().invitation(READER);
      const looked = await platform().vault(["write", "-format=json", "sys/wrapping/lookup", "token=-"], token);
      const { data } = JSON.parse(looked) as { data: { creation_ttl: number } };
      expect(data.creation_ttl).toBeLessThanOrEqual(LONGEST);
      const accepted = await platform().accept(READER, token);
      expect([plain(accepted), accepted.code]).toEqual([expect.stringContaining(`${READER} has an own password`), 0]);
      expect(accepted.output).not.toContain(platform().passwords[READER]);
      const second = await users("accept", READER, [["Token of the invitation", token]]);
      expect([second.text, second.code]).toEqual([expect.stringContaining("somebody else has your password now"), 1]);
    });

    test("without this project: Vault's own lines, as the page has them", async () => {
      // secrets.md: Without this project, an invited person types
      const address = ["-n", "sample-vault", "get", "service", "sample-vault", "-o", "jsonpath={.spec.clusterIP}"];
      const shell = new Shell(platform().cluster, parts, await platform().cluster.kubectl(...address));
      const token = await platform().invitation(READER);
      const line = "(read -rs VAULT_TOKEN && export VAULT_TOKEN && vault unwrap)";
      const { stdout } = await shell.run([line], `${token}\n`);
      const given = /^password +(\S+)$/m.exec(stdout)![1]!;
      expect(given.replaceAll("-", "")).toHaveLength(28);
      const login = `vault login -method=userpass username=${READER}`;
      const logged = await shell.type([login], [["Password (will be hidden):", given]]);
      expect([plain(logged), logged.code]).toEqual([expect.stringContaining("You are now authenticated"), 0]);
      expect(logged.output).not.toContain(given);
      const word = (platform().passwords[READER] = secretWord());
      await shell.run([`vault write auth/userpass/users/${READER}/password password=-`], word);
      await lookUp(await platform().login(READER));
    });

    test("passwd: another own password", async () => {
      // secrets.md: | `users passwd`
      const before = platform().as(READER);
      const changed = await users("passwd", "", [...before, ...choose(READER)]);
      expect([changed.text, changed.code]).toEqual([expect.stringContaining(`${READER} has a new password`), 0]);
      await lookUp(await platform().login(READER));
    });

    test("list: who exists, in which groups, and that no stack gave more", async () => {
      // secrets.md: | `users list`
      // secrets.md: `users list --json`:
      // secrets.md: The last four are what no group gives
      const { code, text } = await users("list --json", "");
      const said = JSON.parse(/^\{[^]*^\}/m.exec(text)![0]) as { vault: string; users: { name: string }[] };
      expect([code, said.vault]).toEqual([0, "main"]);
      expect(said.users.find(({ name }) => name === WRITER)).toEqual({
        name: WRITER,
        groups: [WRITER],
        state: "active",
        declared: true,
        ...{ extraGroups: [], missingGroups: [], userPolicies: [], entityPolicies: [], becomes: null, otherLogins: [] },
      });
    });

    test("revoke ends every login; disable lets nobody in, enable lets in with the password from before", async () => {
      // secrets.md: | `users disable NAME`
      // secrets.md: | `users revoke NAME`
      const first = await platform().login(READER);
      expect((await users("revoke", READER)).code).toBe(0);
      await expect(lookUp(first)).rejects.toThrow("permission denied");
      const second = await platform().login(READER);
      expect((await users("disable", READER)).code).toBe(0);
      await expect(lookUp(second)).rejects.toThrow("permission denied");
      await expect(platform().login(READER)).rejects.toThrow();
      expect((await users("enable", READER)).code).toBe(0);
      await lookUp(await platform().login(READER));
      // What the operator delivers has nothing to do with people.
      await platform().arrives(PASSWORD, await platform().inSecret(PASSWORD));
    });
  });
}
