import { OpsError } from "../../../cli/ops/errors";
import type { Connection, Server } from "../../../cli/ops/way";
import type { Trouble } from "../../../cli/up/pod-status";
import type { Look } from "../../../cli/up/pod-watch";
import { openNew, waitForPods } from "../../../cli/up/pods";
import sample from "../../../config/sample";
import { resolvePlatform } from "../../../model";

const installation = resolvePlatform(sample).vaults[0]!.installation!;
const trouble: Trouble = { where: "pod p", what: "crashes", remedy: "mend it", lasting: true };
const [waits, runs, inVain]: Look[] = [
  { running: [], troubles: [trouble], lasting: undefined },
  { running: ["p-0"], troubles: [], lasting: undefined },
  { running: [], troubles: [trouble], lasting: trouble },
];

/** Shows these looks one after the other, the last one from then on. */
function watch(...looks: readonly (Look | undefined)[]) {
  const left = [...looks];
  const look = async () => (left.length > 1 ? left.shift() : left[0])!;
  return { look, inVain: async ({ troubles }: Look, seen: string) => new OpsError(`${seen} ${troubles[0]?.what}`) };
}

describe("waiting for pods", () => {
  const wait = (looks: readonly (Look | undefined)[], timeoutMs: number, signal = new AbortController().signal) =>
    waitForPods(installation, watch(...looks), { timeoutMs, signal });

  test("ends when all run", async () => expect(await wait([waits, runs], 60_000)).toEqual(["p-0"]));

  test("ends at once where it is in vain, with what is seen", () =>
    expect(wait([inVain], 60_000)).rejects.toThrow("0 of 1 pods of sample-vault run, and waiting is in vain. crashes"));

  test("ends when time is up", () =>
    expect(wait([waits], 0)).rejects.toThrow("0 of 1 pods of sample-vault run after 0 s. crashes"));

  test("ends when a person wants it to", () =>
    expect(wait([waits], 60_000, AbortSignal.abort())).rejects.toThrow("running this again continues here"));
});

describe("a new server", () => {
  /** Fails to answer this often before it does; `open` says which connections are still open. */
  function server(
    failures: number,
  ): Server & { readonly open: () => Promise<Connection>; readonly left: () => number } {
    let [opened, closed] = [0, 0];
    return {
      name: "p-0",
      left: () => opened - closed,
      open: async () => {
        opened++;
        const sealStatus = async () => {
          if (opened <= failures) throw new Error("refused");
          return { initialized: false };
        };
        return { client: { sealStatus } as unknown as Connection["client"], close: async () => void closed++ };
      },
    };
  }

  test("is reached by a new connection after each that failed, and one stays open", async () => {
    const slow = server(2);
    await openNew(slow, watch(runs));
    expect(slow.left()).toBe(1);
  });

  test("that crashes is told as what it is, not as a connection that fails; none stays open", async () => {
    const crashing = server(9);
    await expect(openNew(crashing, watch(runs, inVain))).rejects.toThrow(
      "p-0 does not answer, and waiting is in vain. crashes",
    );
    expect(crashing.left()).toBe(0);
  });
});
