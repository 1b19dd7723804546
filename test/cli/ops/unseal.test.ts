import type { Io } from "../../../cli/ops/io";
import { Shares } from "../../../cli/ops/unseal/shares";
import { unsealServer } from "../../../cli/ops/unseal/unseal";
import type { VaultClient } from "../../../cli/vault";

test("a server that unseals itself, and is sealed for a moment after it has joined, is waited for", async () => {
  const statuses = [
    { initialized: false, sealed: true, storage_type: "raft", type: "transit" },
    { initialized: true, sealed: true, storage_type: "raft", type: "transit" },
    { initialized: true, sealed: true, storage_type: "raft", type: "transit" },
    { initialized: true, sealed: false, storage_type: "raft", type: "transit" },
  ];
  const client = {
    sealStatus: async () => (statuses.length > 1 ? statuses.shift() : statuses[0])!,
    read: async () => ({ ha_enabled: true, is_self: false, leader_address: "https://vault-0:8200" }),
  } as unknown as VaultClient;
  const said: string[] = [];
  const io = { err: (line: string) => void said.push(line) } as unknown as Io;
  expect(await unsealServer(io, "vault-1", client, new Shares(io))).toBe("unsealed");
  expect(said).toEqual([
    "vault-1 is not initialised; waiting for it to join its leader",
    "vault-1 is sealed; waiting for it to unseal itself (seal transit)",
  ]);
});
