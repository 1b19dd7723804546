import { same, type PlannedChange, type Remark } from "./change";
import { isObject, type Json, type JsonObject } from "./json";
import { closed } from "./record";
import { resourceType, unreadOf } from "./types";

/**
 * What a provider says of a resource beside what somebody asked for: ids, what is read back, how long it waits. Source:
 * the providers' schemas, `computed` and not `optional`; a type whose record reads one of these judges it.
 */
const TOLD = closed(
  "id accessor path metadata resources status object manifest data default_secret_name write_data write_data_json " +
    "group_name entity_name timeouts wait wait_for description lint render_subchart_notes image_pull_secret " +
    "wait_for_service_account_token wait_for_default_service_account namespace_in_state",
);

/** These types take what others only tell. */
const TAKEN: { readonly [type: string]: ReadonlySet<string> } = {
  kubernetes_secret: closed("data"),
  kubernetes_secret_v1: closed("data"),
};

/**
 * A warning for each thing about a planned resource that the closed lists do not read, and that was not there before
 * (decision 0016). A plan has every argument of the schema: one that is null, false, 0, empty or known only after the
 * apply is as absent. What goes away, or is forgotten, has none.
 */
export function newlyUnread({ type, action, before, after, unknown }: PlannedChange): Remark[] {
  const record = resourceType(type);
  if (!record || action === "delete" || action === "forget") return [];
  const told = { ...unknown, ...after };
  if (Object.keys(told).length === 0) return [];
  const was = action === "import" ? {} : given(before);
  const values = Object.fromEntries(
    Object.entries(given(after)).filter(
      ([name, value]) =>
        record.reads.has(name) ||
        ((!TOLD.has(name) || TAKEN[type]?.has(name)) && (action === "import" || !same(was[name], value))),
    ),
  );
  // An argument whose value changes is told again, so only what the record says of values is compared.
  const known = new Set(Object.keys(was).length > 0 ? record.unread?.(was, {}) : []);
  return (
    unreadOf(type, values)
      .filter((says) => !known.has(says))
      // A plan that leaves an argument out altogether says nothing of it.
      .filter((says) => (/^its (\w+) is not given/.exec(says)?.[1] ?? "") in { "": true, ...told })
      .map((says) => ["warning", `${type}: ${says}`, "Find out what it does before this is applied."])
  );
}

/** Without what is as absent. */
function given(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const rest = present(value);
      return rest === undefined ? [] : [[name, rest]];
    }),
  );
}

function present(value: Json): Json | undefined {
  if (value === null || value === false || value === 0 || value === "") return undefined;
  if (Array.isArray(value)) {
    const rest = (value as readonly Json[]).flatMap((each) => present(each) ?? []);
    return rest.length > 0 ? rest : undefined;
  }
  if (!isObject(value)) return value;
  const rest = given(value);
  return Object.keys(rest).length > 0 ? rest : undefined;
}
