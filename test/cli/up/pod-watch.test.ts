import type { Kubernetes } from "../../../cli/kubernetes";
import { PodWatch } from "../../../cli/up/pod-watch";
import sample from "../../../config/sample";
import { resolvePlatform } from "../../../model";
import recorded from "./recorded-pods.json";

const cluster = resolvePlatform(sample).clusters[0]!;
const LOG = "starting\nError loading configuration: token=hvs.CAESIJ0123456789abcdef\n";

/** A watch over what was recorded; the time is what `at` says, in seconds. */
function watch(release: string, first: keyof typeof recorded) {
  const world = { at: 0, name: first, said: [] as string[], asked: [] as string[] };
  const list = async (path: string) => {
    const { pods, claims, events, wanting } = recorded[world.name];
    world.asked.push(path);
    if (path.includes("/pods"))
      return pods.map((pod) => ({
        ...pod,
        metadata: { ...pod.metadata, labels: { "app.kubernetes.io/instance": release } },
      }));
    if (path.includes("claims")) return claims;
    if (path.includes("/events")) return events;
    return path.includes("/statefulsets") ? wanting.map((name) => ({ metadata: { name }, spec: { replicas: 1 } })) : [];
  };
  const text = async (path: string) => {
    world.asked.push(path);
    return LOG;
  };
  const kubernetes = { cluster, list, text } as unknown as Kubernetes;
  const pods = new PodWatch(
    kubernetes,
    { namespace: "ns", release },
    (line) => world.said.push(line),
    () => world.at * 1000,
  );
  return Object.assign(world, {
    pods,
    look: (at: number) => {
      world.at = at;
      return pods.look();
    },
  });
}

const CRASH = [
  "pod crashing-vault-0, container vault: it crashes: ended 3 times, the last time with exit code 1",
  "  | starting",
  "  | Error loading configuration: token=[…]",
  "Its last lines say why; correct the config.",
];

test("a trouble is told once, after a second, with the container's last lines and no secret", async () => {
  const world = watch("crashing-vault", "crashLoop");
  await world.look(0);
  expect(world.said).toEqual([]);
  await world.look(1.5);
  expect(world.said).toEqual(CRASH);
  expect(world.asked.find((path) => path.includes("/log"))).toBe(
    "/api/v1/namespaces/ns/pods/crashing-vault-0/log?container=vault&tailLines=5&previous=true",
  );
  await world.look(3);
  expect(world.said).toEqual(CRASH);
});

test("waiting is in vain after five seconds of the same, and not where it has gone meanwhile", async () => {
  const world = watch("forbidden-vault", "forbidden");
  expect((await world.look(0)).lasting).toBeUndefined();
  const { lasting } = await world.look(6);
  expect(lasting?.where).toBe("StatefulSet forbidden-vault");
  world.name = "starting";
  await world.look(7);
  world.name = "forbidden";
  expect((await world.look(8)).lasting).toBeUndefined();
});

test("what may pass is never in vain", async () => {
  const world = watch("vault-secrets-operator", "imageNotPulled");
  await world.look(0);
  expect(await world.look(600)).toMatchObject({ lasting: undefined, troubles: [{ lasting: false }], running: [] });
});

test("what all goes its way is told by its stage, after a while, and each once", async () => {
  const world = watch("again-vault", "starting");
  await world.look(1);
  expect(world.said).toEqual([]);
  await world.look(6);
  await world.look(7);
  expect(world.said).toEqual(["waits: again-vault-0 ContainerCreating (vault)"]);
  world.name = "runs";
  expect((await world.look(8)).running).toEqual(["again-vault-0"]);
  expect(world.said).toHaveLength(1);
});

test("the end of waiting says where, how many, why, and where more is to be had", async () => {
  const world = watch("crashing-vault", "crashLoop");
  const { message } = await world.pods.inVain(await world.look(0), "0 of 1 pods run.");
  expect(message.split("\n")).toEqual([
    "cluster local, namespace ns: 0 of 1 pods run.",
    ...CRASH,
    "More: kubectl --context docker-desktop -n ns describe pods. Then run this again; it continues here.",
  ]);
});

test("what fails meanwhile fails with what was seen; what does not is left alone", async () => {
  const world = watch("crashing-vault", "crashLoop");
  const work = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new Error("terraform apply failed");
  };
  await expect(world.pods.during(work)).rejects.toThrow(`${CRASH.join("\n")}\nterraform apply failed`);
  expect(await world.pods.during(async () => 3)).toBe(3);
});
