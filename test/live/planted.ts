import type { LiveAccess, LiveSample } from "./live-access";

/** Takes back what was planted. */
type Undo = () => Promise<unknown>;

/** A grant, or a change of whom is trusted, that somebody makes in Vault by hand; and how a report names it. */
export interface Planted {
  readonly kind: string;
  plant(vault: LiveSample): Promise<Undo>;
  /** Of the lines of differences and of access gained. */
  readonly named: RegExp;
}

export type Body = Readonly<Record<string, unknown>>;

/** Something made at a path, and deleted there. */
export function made(kind: string, path: string, body: Body, named: RegExp): Planted {
  return {
    kind,
    named,
    plant: async ({ live }) => {
      await live.write("POST", path, body);
      return () => live.write("DELETE", path);
    },
  };
}

/** A change of what is at a path, and its answer from before written back. */
export function edited(kind: string, path: string, body: Body, named: RegExp, was: Body = {}): Planted {
  return {
    kind,
    named,
    plant: async ({ live }) => {
      const { data } = await live.write("GET", path);
      await live.write("POST", path, { ...(data as Body), ...body });
      return () => live.write("POST", path, { ...(data as Body), ...was });
    },
  };
}

/** Several, one after the other; taken back in turn. */
export function several(kind: string, named: RegExp, ...steps: readonly Planted[]): Planted {
  return {
    kind,
    named,
    plant: async (vault) => {
      const undo: Undo[] = [];
      for (const step of steps) undo.unshift(await step.plant(vault));
      return async () => {
        for (const each of undo) await each();
      };
    },
  };
}

/** Of a step of {@link several}, which names it. */
export const NONE = /^$/;
/** The id at a path. */
export const id = async (live: LiveAccess, path: string): Promise<string> =>
  ((await live.write("GET", path)).data as { id: string }).id;
/** The accessor of an auth method. */
export const accessorOf = async (live: LiveAccess, mount: string): Promise<string> =>
  ((await live.write("GET", "sys/auth")).data as Record<string, { accessor: string }>)[`${mount}/`]!.accessor;

/** A token that is made, and revoked by its accessor. */
export function token(kind: string, body: Body, named: RegExp, path = "auth/token/create"): Planted {
  return {
    kind,
    named,
    plant: async ({ live }) => {
      const { auth } = (await live.write("POST", path, body)) as { auth: { accessor: string } };
      return () => live.write("POST", "auth/token/revoke-accessor", { accessor: auth.accessor });
    },
  };
}
