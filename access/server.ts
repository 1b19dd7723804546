import { isServer, serverOf } from "../model";
import { serverImage } from "../resource-types";
import type { Arguments } from "./arguments";
import type { Stack } from "./read-stacks";

/**
 * Which server a Vault is, as the evaluator takes it: what its release installs; of one that exists already, what its
 * access stack says, else the pinned one. A release whose image cannot be read, or is no version, is reported.
 */
export function serverIn(stacks: readonly Stack[], read: Arguments): string {
  for (const resource of read.of("release")) {
    if (resource.stack.metadata.kind !== "vault") continue;
    const image = serverImage(resource.values);
    if (image.tag !== undefined && isServer(image.tag)) return serverOf(image);
    read.complain(resource, "its image is no exact version, so what policies mean to the server is not known");
  }
  return stacks.map(({ metadata }) => metadata.server).find((server) => server && isServer(server)) ?? serverOf();
}
