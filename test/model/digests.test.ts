import { chartSource, imageOf } from "../../model";
import { config, message, refusal } from "./support";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const ACCEPTED = "a digest, sha256: and 64 hexadecimal digits";

test.each([
  ["vaults.main.image", { "vaults/main/image": { digest: DIGEST } }],
  ["vaults.main.chart", { "vaults/main/chart": { digest: DIGEST } }],
  ["clusters.home.operator.image", { "clusters/home/operator/image": { digest: DIGEST } }],
  ["clusters.home.operator.proxyImage", { "clusters/home/operator/proxyImage": { digest: DIGEST } }],
  ["clusters.home.operator.chart", { "clusters/home/operator/chart": { digest: DIGEST } }],
])("%s may have a digest, and nothing that is none", (place, right) => {
  expect(refusal(config(right))).toBe("accepted");
  const [[path = ""] = []] = Object.entries(right);
  for (const digest of ["2.2.2", DIGEST.toUpperCase(), DIGEST.slice(0, -1), `${DIGEST}\n`, `md5:${DIGEST.slice(7)}`])
    expect(refusal(config({ [path]: { digest } }))).toMatch(
      new RegExp(`${place.replaceAll(".", "\\.")}\\.digest: given .*; accepted: ${ACCEPTED}\\.`),
    );
});

test("a chart that is a folder has no digest: it is what is committed", () => {
  expect(refusal(config({ "vaults/main/chart": { repository: "", name: "charts/vault", digest: DIGEST } }))).toBe(
    message(
      `vaults.main.chart.digest: given ${JSON.stringify(DIGEST).slice(0, 77)}; accepted: only of a chart from a ` +
        "repository. A folder is what is committed.",
    ),
  );
});

test("a chart's archive is named by its digest, and an image by tag and digest", () => {
  const pinned = { repository: "https://charts.example", name: "vault", version: "1.2.3" };
  const archive = `../../../charts/vault-1.2.3.${DIGEST.replace(":", "-")}.tgz`;
  expect(chartSource(pinned, { digest: DIGEST })).toEqual({ chart: archive });
  expect(chartSource(pinned, { digest: DIGEST, name: "acme/vault", version: "2.0.0" })).toEqual({
    chart: archive.replace("1.2.3", "2.0.0"),
  });
  expect(imageOf({ repository: "vault", tag: "1.2.3" }, { digest: DIGEST })).toEqual({
    repository: "vault",
    tag: `1.2.3@${DIGEST}`,
  });
});
