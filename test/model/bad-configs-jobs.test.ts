import { JOBS } from "../helpers/configs";
import { CI, config, refusal, refuses, shared, type BadConfig } from "./support";

const onSharedState = (table: readonly BadConfig[]) =>
  table.map(([what, change, ...lines]): BadConfig => [what, shared(change), ...lines]);

describe("the repository's number", () => {
  const others = "A repository's name can be given to another one, which would get the jobs' rights.";
  const number =
    `accepted: the repository's number, digits alone. ${others} ` + `\`gh api repos/OWNER/NAME --jq .id\` says it.`;
  const gitlab = {
    ...CI,
    claims: { repository: "project_path", ref: "ref", environment: "environment" },
  };

  refuses(
    onSharedState([
      [
        "is missing with all required claims",
        { pipelines: { ...CI, require: undefined } },
        `pipelines.require.repository_id: given nothing; ${number}`,
      ],
      [
        "is missing among others",
        { pipelines: { ...CI, require: { repository_owner: "shop" } } },
        `pipelines.require.repository_id: given nothing; ${number}`,
      ],
      [
        "is a name",
        { pipelines: { ...CI, require: { repository_id: "shop" } } },
        `pipelines.require.repository_id: given "shop"; ${number}`,
      ],
      [
        "is missing of another CI",
        { pipelines: { ...gitlab, require: undefined } },
        "pipelines.require: given nothing; accepted: the claim of this CI that has the repository's number, e.g. " +
          `GitLab's project_id. ${others}`,
      ],
    ]),
  );

  test("has another CI's name for it", () => {
    expect(refusal(config(shared({ pipelines: { ...gitlab, require: { project_id: "42" } } })))).toBe("accepted");
  });
});

describe("where the jobs find a cluster", () => {
  const url = "an https URL without credentials, query and fragment, at most 256 characters";
  const certificates =
    "one or more PEM certificates (-----BEGIN CERTIFICATE-----) that can be read, at most 16384 characters";
  const jobs = (change: object) =>
    shared({ pipelines: CI, "clusters/home/pipelines": { ...JOBS, ...change } as unknown });
  const refused = (change: object): string => refusal(config(jobs(change)));
  const ca = JOBS.caCertificate;

  test("may be any number of certificates, with the platform's audience", () => {
    expect(refused({ caCertificate: `${ca}${ca}`, audience: undefined })).toBe("accepted");
  });

  test("must be said: nothing outside of the config says it", () => {
    const message = refused({ host: undefined, caCertificate: undefined });
    expect(message).toContain(`clusters.home.pipelines.host: given nothing; accepted: ${url}.`);
    expect(message).toContain(`clusters.home.pipelines.caCertificate: given nothing; accepted: ${certificates}.`);
  });

  test.each([
    ["http://k8s.example", '"http://k8s.example"'],
    ["https://jane:hidden@k8s.example", '"https://***@k8s.example"'],
    ["https://k8s.example?x=y", '"https://k8s.example?x=***"'],
    ["https://k8s.example\nNODE_OPTIONS=x", '"https://k8s.example\\nNODE_OPTIONS=***"'],
  ])("is an https URL and nothing else: %j", (host, given) => {
    expect(refused({ host })).toContain(`clusters.home.pipelines.host: given ${given}; accepted: ${url}.`);
  });

  test.each([
    ["what only looks like one", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
    ["a second that only looks like one", `${ca}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`],
    ["one that is cut", ca.replace(/\n.{64}\n(?=-----END)|\n[^\n]+\n(?=-----END)/, "\n")],
    ["a public key", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"],
    ["a path", "/etc/kubernetes/pki/ca.crt"],
    ["text around it", `# the cluster's\n${ca}`],
    ["nothing", ""],
  ])("is signed for by certificates that can be read: %s is refused", (_, caCertificate) => {
    expect(refused({ caCertificate })).toContain(`accepted: ${certificates}.`);
  });

  test("a private key is refused, and no letter of it said", () => {
    const key = "-----BEGIN EC PRIVATE KEY-----\nhidden\n-----END EC PRIVATE KEY-----\n";
    for (const caCertificate of [key, `${ca}${key}`]) {
      expect(refused({ caCertificate })).toContain(
        `clusters.home.pipelines.caCertificate: given a private key; accepted: ${certificates}. ` +
          "A private key has no place in a config.",
      );
      expect(refused({ caCertificate })).not.toContain("hidden");
    }
  });
});
