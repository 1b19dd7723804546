import type { JsonObject } from "../../access";
import { eachInParallel } from "../ops/parallel";
import type { Io } from "../ops/io";
import type { KvPath } from "../../model";
import { KvClient, VaultError, type KvSubkeys, type VaultClient } from "../vault";

/** Resources that a request tells of: of these types, whose keys begin so. */
export interface Concerns {
  readonly types: readonly string[];
  /** @default "", all of them */
  readonly keys?: string;
}

/** A request that was refused. What it would have told is unknown, which is not the same as none. */
interface Unread extends Concerns {
  readonly request: string;
}

/** Answers of a server that has no such thing: another edition, or an older version. */
const NOT_THERE = /enterprise-only feature|unsupported (path|operation)/i;

/** A token that ended between the list and the look. */
const GONE = /invalid accessor|bad token/i;

/**
 * Reads of a running Vault. What the token may not read is remembered and counts as unknown; what is not there is
 * nothing. Throws every other VaultError: a sealed Vault, one that does not answer, a token that is none.
 */
export class Asking {
  /** How many requests were made. */
  requests = 0;
  private readonly unread: Unread[] = [];

  constructor(
    private readonly io: Io,
    private readonly client: VaultClient,
  ) {}

  /** What was refused, each once: `list sys/policies/acl`; of the members of a list `read sys/policies/acl/+`. */
  get refused(): string[] {
    return [...new Set(this.unread.map(({ request }) => request))];
  }

  /** The answer's data; undefined where there is nothing, or it may not be read. */
  read(path: string, concerns?: Concerns, request = `read ${path}`): Promise<JsonObject | undefined> {
    return this.ask<JsonObject | undefined>(request, concerns, undefined, () =>
      this.client.readIfPresent<JsonObject>(path),
    );
  }

  /** As {@link read}, of a member of a list. */
  member(list: string, name: string, concerns: Concerns): Promise<JsonObject | undefined> {
    return this.read(`${list}/${name}`, concerns, `read ${list}/+`);
  }

  /** The names below a path, without slashes at their ends; none where there are none, or they may not be listed. */
  async list(path: string, concerns?: Concerns): Promise<readonly string[]> {
    const names = await this.ask(`list ${path}`, concerns, [], () => this.client.list(path));
    return names.map((name) => name.replace(/\/$/, ""));
  }

  /** As {@link list}, as Vault says them: folders with a slash at their ends. */
  entries(path: string, request = `list ${path}`): Promise<readonly string[]> {
    return this.ask(request, undefined, [], () => this.client.list(path));
  }

  /** A secret set's key names; undefined if there is no such set, or they may not be read. Reads no value. */
  subkeys(path: KvPath): Promise<KvSubkeys | undefined> {
    const send = () => new KvClient(this.client).subkeys(path);
    return this.ask<KvSubkeys | undefined>(`read ${path.mount}/subkeys/*`, undefined, undefined, send);
  }

  /** What is known of a token by its accessor; undefined where it has ended, or may not be looked up. */
  token(accessor: string): Promise<JsonObject | undefined> {
    return this.ask("look up tokens by their accessors", { types: [] }, undefined, async () => {
      const path = "auth/token/lookup-accessor";
      return (await this.client.write<JsonObject>(path, { accessor })).data;
    });
  }

  /** Whether a request was refused that would have told of such a resource. */
  isUnread(type: string, key: string): boolean {
    return this.unread.some(({ types, keys = "" }) => types.includes(type) && key.startsWith(keys));
  }

  /** Asks for each of many, several at a time, and says how far it is where that takes long. */
  each<T, R>(items: readonly T[], doing: string, ask: (item: T) => Promise<R>): Promise<R[]> {
    return eachInParallel(this.io, items, doing, ask);
  }

  private async ask<T>(request: string, concerns: Concerns = { types: [] }, none: T, send: () => Promise<T>) {
    this.requests++;
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      const said = error.errors.join(" ");
      if (NOT_THERE.test(said) || GONE.test(said)) return none;
      if (!error.isDenied) throw error;
      this.unread.push({ request, ...concerns });
      return none;
    }
  }
}
