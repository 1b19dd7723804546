import { complaint } from "../../up/sync";
import { inOneLine, type Binding } from "./clusters";

/** How a tenant's values get to its Secret, as `status` shows it. */
export interface BindingStatus {
  /** `<app>-<environment>` */
  readonly name: string;
  readonly namespace: string;
  readonly secret: string;
  /** `yes`, `no`, or `?` where the operator has not said. */
  readonly ready: string;
  readonly healthy: string;
  readonly synced: string;
  /** When the values were carried over last, ISO 8601, UTC; undefined if the operator does not say. */
  readonly lastSync?: string;
  /** What the operator says is wrong. */
  readonly says?: string;
}

/** What the operator says of a binding, in words. */
export function bindingStatus({ tenant: { name, delivery }, object }: Binding): BindingStatus {
  const { namespace, secret } = delivery!;
  const of = (type: string) => object?.status?.conditions?.find((condition) => condition.type === type);
  const said = (type: string): string => ({ True: "yes", False: "no", Unknown: "?" })[of(type)?.status ?? "Unknown"];
  const condition = of("SecretSynced");
  const synced = said("SecretSynced");
  return {
    name,
    namespace,
    secret,
    ready: said("Ready"),
    healthy: said("Healthy"),
    synced,
    // The operator writes the condition at each sync.
    lastSync: synced === "yes" ? new Date(condition!.lastTransitionTime).toISOString() : undefined,
    says: inOneLine(complaint(object)) || undefined,
  };
}
