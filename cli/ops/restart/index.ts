import { InvalidArgumentError, Option, type Command } from "commander";
import {
  isOpen,
  named,
  nextOpening,
  type Duration,
  type Environment,
  type Platform,
  type Tenant,
} from "../../../model";
import { counted } from "../../counted";
import { Kubernetes } from "../../kubernetes";
import { textTable } from "../../table";
import { oneOf } from "../arguments";
import { durationOption } from "../duration-option";
import { EXIT, OpsError, UsageError } from "../errors";
import { print, type Io } from "../io";
import { eachInParallel } from "../parallel";
import { minuteText } from "../secrets/status";
import { platformOf } from "../session";
import { lookAt, type Seen } from "./look";
import { roll } from "./roll";

const HELP = `
Looks at the apps' restartTargets alone. A pod is older where a container of it began before a Secret of its app changed
last, by time: no value is read. It then asks, and restarts what has such pods by the annotation of kubectl rollout
restart: --batch at a time, the next ones only when these are up. Outside the environment's windows it only looks.

Exit codes: 0 no pod is older (any more); 1 one did not come up, and none after it was begun; 3 pods are older still, or
a target cannot be restarted.

Examples:
  npm run ops -- restart sample-node-api --environment local
  npm run ops -- restart --all --environment local --check
  npm run ops -- restart --all --environment local --yes --batch 3`;

interface Options {
  readonly environment: string;
  readonly all?: boolean;
  readonly check?: boolean;
  readonly yes?: boolean;
  readonly now?: boolean;
  readonly json?: boolean;
  readonly batch: number;
  readonly timeout: Duration;
}

/** `ops restart APP --environment ENV`. */
export function addRestart(program: Command, io: Io): void {
  program
    .command("restart")
    .argument("[app]", "an app with restartTargets")
    .requiredOption("--environment <name>", "where")
    .option("--all", "every app of the environment that has restartTargets")
    .addOption(new Option("--check", "only look").conflicts("yes"))
    .option("--yes", "do not ask")
    .option("--now", "outside the environment's windows too")
    .addOption(new Option("--batch <n>", "how many workloads at a time").default(1).argParser(wholeNumber))
    .addOption(durationOption("--timeout <duration>", "how long one may take to come up", "10m", "1d"))
    .option("--json", "as JSON")
    .description("Restart the pods that run with older values than their Secrets have, one workload after another")
    .addHelpText("after", HELP)
    .action(async (app: string | undefined, options: Options) => {
      const platform = platformOf(io);
      const environment = named(
        platform.environments,
        oneOf("--environment", options.environment, platform.environments),
      );
      const tenants = chosen(platform, environment, app, options);
      const kubernetes = await Kubernetes.open(named(platform.clusters, environment.cluster!), io.env);
      try {
        const look = async () =>
          (
            await eachInParallel(io, tenants, "looking at workloads", (tenant) =>
              lookAt(kubernetes, environment, tenant),
            )
          ).flat();
        const seen = await look();
        const due = seen.filter(({ older, problem }) => older.length > 0 && problem === null);
        if (!options.json) for (const line of report(seen)) io.out(line);
        const restarted = due.length > 0 && (await meant(io, environment, due, options));
        if (restarted) await inBatches(io, kubernetes, environment, due, options);
        const left = restarted ? await look() : seen;
        if (options.json)
          print(
            io,
            true,
            { environment: environment.name, restarted: restarted ? due : [], workloads: left },
            () => [],
          );
        else if (restarted) io.out(`${counted(due.length, "workload")} restarted, and up.`);
        if (left.some(({ older, problem }) => older.length > 0 || problem !== null)) io.exit(EXIT.findings);
      } finally {
        kubernetes.close();
      }
    });
}

function wholeNumber(text: string): number {
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("accepted: a whole number from 1 to 9999.");
}

/** The apps that are meant. Throws UsageErrors. */
function chosen(
  platform: Platform,
  { name, cluster }: Environment,
  app: string | undefined,
  { all }: Options,
): Tenant[] {
  if ((app === undefined) === !all)
    throw new UsageError(`APP: given ${app === undefined ? "none" : "one, and --all"}; accepted: an app, or --all.`);
  if (cluster === undefined)
    throw new UsageError(
      `--environment: given "${name}", which has no cluster; accepted: an environment that has one.`,
    );
  const here = platform.tenants.filter(({ environment }) => environment === name);
  if (app === undefined) return here;
  const tenant = here.find(
    (each) =>
      each.app ===
      oneOf(
        "APP",
        app,
        here.map((each) => each.app),
      ),
  )!;
  if (tenant.delivery?.workloads.length) return [tenant];
  throw new UsageError(
    `APP: given "${app}", which names nothing to restart; accepted: an app with restartTargets. Name its controllers ` +
      `in apps.${app}.restartTargets.`,
  );
}

/** Whether to restart now. Throws a UsageError where there is nobody to ask. */
async function meant(io: Io, environment: Environment, due: readonly Seen[], options: Options): Promise<boolean> {
  if (options.check) return false;
  if (!options.now && !isTime(environment, io.now())) {
    io.err(outside(environment, io.now()));
    return false;
  }
  const pods = due.reduce((sum, { older }) => sum + older.length, 0);
  const what = `${counted(due.length, "workload")} in ${environment.name}, for ${counted(pods, "older pod")}`;
  return options.yes === true || (await io.confirm(`Restart ${what}?`));
}

function isTime({ restarts }: Environment, at: Date): boolean {
  return typeof restarts === "string" || isOpen(restarts.windows, at);
}

function outside({ name, restarts }: Environment, at: Date): string {
  const { windows } = restarts as Exclude<Environment["restarts"], string>;
  return (
    `environments.${name}.restarts: no window is open, so nothing is restarted; the next opens ` +
    `${minuteText(nextOpening(windows, at).toISOString())} UTC. --now restarts all the same.`
  );
}

/** Restarts some at a time. Throws an OpsError where one does not come up or the window closes: none after is begun. */
async function inBatches(
  io: Io,
  kubernetes: Kubernetes,
  environment: Environment,
  due: readonly Seen[],
  { batch, timeout, now }: Options,
): Promise<void> {
  for (let next = 0; next < due.length; next += batch) {
    const left = (from: number) => `${counted(due.length - from, "workload")} not begun; run this again for the rest`;
    if (!now && !isTime(environment, io.now())) throw new OpsError(`${outside(environment, io.now())} ${left(next)}.`);
    const rolled = await Promise.allSettled(
      due.slice(next, next + batch).map((workload) => roll(io, kubernetes, workload, timeout.seconds)),
    );
    const failed = rolled.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    const mistake = failed.find((error) => !(error instanceof OpsError));
    if (mistake) throw mistake;
    if (failed.length > 0)
      throw new OpsError(
        [...failed.map((error) => (error as OpsError).message), `${left(Math.min(next + batch, due.length))}.`].join(
          "\n",
        ),
      );
  }
}

function report(seen: readonly Seen[]): string[] {
  const rows = seen.map(({ app, namespace, kind, name, changed, pods, older }) => [
    app,
    `${kind} ${namespace}/${name}`,
    changed === null ? "–" : minuteText(changed),
    `${pods}`,
    `${older.length}`,
  ]);
  return [
    ...(rows.length ? [textTable([["app", "workload", "Secret changed (UTC)", "pods", "older"], ...rows])] : []),
    ...seen.flatMap(({ older }) => older.map((pod) => `older: pod ${pod}`)),
    ...seen.flatMap(({ kind, name, problem }) => (problem === null ? [] : [`look at ${kind} ${name}: ${problem}`])),
    ...(seen.some(({ older, problem }) => older.length > 0 || problem !== null)
      ? []
      : ["No pod is older than its values."]),
  ];
}
