import { ROTATION_DUE } from "../../../model";

/** What of a set's state says when it is due. */
interface Rotated {
  readonly app: string;
  readonly environment: string;
  readonly state: string;
  /** ISO 8601, UTC; null where nothing is stored. */
  readonly changed: string | null;
  /** Null: it has no rotation period. */
  readonly rotateEverySeconds: number | null;
}

/**
 * When each set that has a rotation period is due, in Prometheus' text format: for the textfile collector of the node
 * exporter, or a Pushgateway. The time, not the age, so that an alert needs no new run to come. Source: Prometheus'
 * documentation, "Exposition formats". Names of a config need no escaping in it.
 */
export function rotationMetrics(platform: string, vault: string, sets: readonly Rotated[]): string[] {
  return [
    `# HELP ${ROTATION_DUE} When the values of a secret set are older than their rotation period, in Unix time.`,
    `# TYPE ${ROTATION_DUE} gauge`,
    ...sets.flatMap(({ app, environment, changed, rotateEverySeconds, state }) =>
      changed === null || rotateEverySeconds === null || state === "retired"
        ? []
        : `${ROTATION_DUE}{platform="${platform}",vault="${vault}",app="${app}",environment="${environment}"} ` +
          Math.floor(Date.parse(changed) / 1000 + rotateEverySeconds),
    ),
  ];
}
