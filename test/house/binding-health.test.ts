import { inArgo, inFlux, type Binding } from "../helpers/binding-health";

const MESSAGE = "Failed to sync the secret, err=empty response from Vault";

function binding(generation: number, ...conditions: readonly object[]): Binding {
  return { kind: "VaultStaticSecret", metadata: { generation }, status: { conditions } };
}

function ready(status: string, observedGeneration: number) {
  // Another condition says the contrary: it is asked for its message alone.
  const contrary = status === "True" ? "False" : "True";
  return [
    { type: "SecretSynced", status: contrary, observedGeneration, message: MESSAGE },
    // The operator's message is the same whatever the status is.
    { type: "Ready", status, observedGeneration, message: "VaultStaticSecretReady" },
  ];
}

const NEW: Binding = { kind: "VaultStaticSecret", metadata: { generation: 1 } };

describe("docs/backup.md: the health of a binding", () => {
  test.each([
    ["never looked at", NEW, "Progressing", "Unknown"],
    ["looked at, without a condition", binding(1), "Progressing", "InProgress"],
    ["synced", binding(2, ...ready("True", 2)), "Healthy", "Current"],
    ["not synced", binding(2, ...ready("False", 2)), "Degraded", "Failed"],
    ["synced before its last change", binding(3, ...ready("True", 2)), "Progressing", "InProgress"],
    ["not synced before its last change", binding(3, ...ready("False", 2)), "Progressing", "InProgress"],
  ])("%s", async (_, object, argo, flux) => {
    expect([(await inArgo(object)).status, inFlux(object)]).toEqual([argo, flux]);
  });

  test("Argo CD shows what the operator says", async () => {
    expect((await inArgo(binding(2, ...ready("False", 2)))).message).toBe(MESSAGE);
    expect((await inArgo(binding(3, ...ready("False", 2)))).message).toBe("not synced yet");
  });
});
