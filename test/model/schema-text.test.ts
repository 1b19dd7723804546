import { canonicalUrl } from "../../model/canonical-url";
import { LINE, URL_TEXT, CIDR, FILE_PATH, PUBLIC_PEM } from "../../model/rules";

describe("a text", () => {
  const PEM = "-----BEGIN CERTIFICATE-----\nTUlJ\nQg==\n-----END CERTIFICATE-----";
  it.each([
    [
      "a line",
      LINE,
      ["team web", "\u00c9quipe paiements", "$5 {a} 100%"],
      ["", " a", "a ", "a\tb", "a\u0085b", "a\u2029b", "\ufeffa", "\ud800", "x".repeat(129), "$${a}"],
    ],
    [
      "a URL",
      URL_TEXT,
      ["https://vault", "http://10.0.0.1:8200", "https://[::1]:8200/v/", "https://Vault.example/a~b"],
      [
        "https://",
        "https://-a",
        "https://a-",
        "https://a..b",
        "https://a:",
        "https://a:b",
        "https://a?b",
        "https://a#b",
        "https://a b",
        "//a",
        "ftp://a",
        "https://a_b",
        "https://[::1",
        "javascript://a",
      ],
    ],
    [
      "an address block",
      CIDR,
      ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32", "::/0", "2001:db8::/128"],
      [
        "10.0.0.0",
        "10.0.0/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.256/8",
        "::/129",
        "1.2.3.4/8/8",
        "a/8",
        "/8",
      ],
    ],
    [
      "a file's path",
      FILE_PATH,
      ["~/.kube/config", "/etc/kube", "C:/kube", "./charts/vault"],
      ["a b", "$HOME", "a\0", "a*", "`a`", "a\\b", "a\u200bb"],
    ],
    [
      "a public PEM",
      PUBLIC_PEM,
      [PEM, `${PEM}\n`],
      [
        "",
        PEM.replaceAll("CERTIFICATE", "PRIVATE KEY"),
        `${PEM}\n${PEM}`,
        PEM.replace("END CERTIFICATE", "END PUBLIC KEY"),
        PEM.replace("\n", ""),
      ],
    ],
  ] as const)("that is %s", (_, rule, right, wrong) => {
    expect(right.filter((each) => !rule.accepts(each))).toEqual([]);
    expect(wrong.filter((each) => rule.accepts(each))).toEqual([]);
  });
});

describe("one place in two spellings", () => {
  it.each([
    ["https://Vault.Example", "https://vault.example:443/"],
    ["http://vault:80//", "http://vault"],
    ["https://[0:0:0:0:0:0:0:1]:8200", "https://[::1]:8200"],
    ["https://127.1", "https://127.0.0.1"],
  ])("is %s and %s", (one, other) => expect(canonicalUrl(one)).toBe(canonicalUrl(other)));

  it.each([
    ["https://vault", "http://vault"],
    ["https://vault:8200", "https://vault:8201"],
    ["https://vault/a", "https://vault/A"],
    ["not a url", "Not a url"],
  ])("is not %s and %s", (one, other) => expect(canonicalUrl(one)).not.toBe(canonicalUrl(other)));
});
