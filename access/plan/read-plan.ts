import { AccessInputError } from "../errors";
import { parsedJson } from "../read-stacks";
import { withReleasedObjects } from "./released-objects";
import { isObject, objectIn, type JsonObject, type PlannedAction, type PlannedChange } from "../../resource-types";

/** A plan as `terraform show -json` prints it. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** Terraform says that the plan ended in an error, and so lacks things. */
  readonly errored: boolean;
  /** All of it, as it was printed. */
  readonly json: JsonObject;
}

const ACTIONS: { readonly [actions: string]: PlannedAction } = {
  create: "create",
  update: "update",
  delete: "delete",
  forget: "forget",
  "delete,create": "replace",
  "create,delete": "replace",
  "create,forget": "replace",
};

/**
 * Reads `terraform show -json PLAN`. Data sources and what does not change are left out; the objects of the bindings'
 * releases are told one by one.
 * @throws AccessInputError when it is not such JSON, with what to run
 */
export function parsePlan(text: string): Plan {
  const json = parsedJson(text);
  if (typeof json?.format_version !== "string")
    throw new AccessInputError(
      "the plan: given no JSON with a format_version; accepted: what terraform show -json PLAN prints.",
    );
  if (!json.format_version.startsWith("1."))
    throw new AccessInputError(`the plan: given format_version ${json.format_version}; accepted: 1.x.`);
  if (json.resource_changes === undefined && json.values !== undefined)
    throw new AccessInputError(
      "the plan: given a state; accepted: what terraform show -json PLAN prints for a saved plan " +
        "(terraform plan -out PLAN).",
    );
  return {
    changes: withReleasedObjects([
      ...list(json.resource_changes).flatMap((each) => change(each, false)),
      ...list(json.resource_drift).flatMap((each) => change(each, true)),
    ]),
    errored: json.errored === true,
    json,
  };
}

function list(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function change(resource: JsonObject, drift: boolean): PlannedChange[] {
  const { address, type, mode, change: planned } = resource;
  if (mode === "data" || typeof address !== "string" || typeof type !== "string" || !isObject(planned)) return [];
  const actions = Array.isArray(planned.actions) ? planned.actions.join() : "";
  // What cannot be taken over as it is, Terraform replaces: that says importing too.
  const replaced = ACTIONS[actions] === "replace";
  const action = isObject(planned.importing) && !replaced ? "import" : ACTIONS[actions];
  if (action === undefined) return [];
  return [
    {
      address,
      type,
      action,
      before: objectIn(planned.before),
      after: objectIn(planned.after),
      unknown: objectIn(planned.after_unknown),
      drift,
    },
  ];
}
