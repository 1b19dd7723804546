import { bringUp } from "../../../cli/up/bring-up";
import sample from "../../../config/sample";
import { resolvePlatform } from "../../../model";
import { scriptedIo } from "./scripted-io";

test("what npm start refuses is refused before anything is asked or applied", async () => {
  const platform = resolvePlatform(sample);
  // The model lets no config say this: two apps as one service account.
  const tenants = platform.tenants.map((tenant) =>
    tenant.delivery ? { ...tenant, delivery: { ...tenant.delivery, serviceAccount: "shared" } } : tenant,
  );
  const io = scriptedIo();
  const up = bringUp(io, { ...platform, tenants }, { environments: [], syncTimeoutMs: 0, shares: 1, threshold: 1 });
  await expect(up).rejects.toThrow(/isolation: service account local\/sample\/shared[^]*do not hold the access proofs/);
  expect([...io.outLines, ...io.errLines, ...io.questions]).toEqual([]);
});
