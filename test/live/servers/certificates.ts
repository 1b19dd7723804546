import { execFile } from "node:child_process";
import { generateKeyPair, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { requireBinary } from "./binaries";

const run = promisify(execFile);
const makeKeyPair = promisify(generateKeyPair);

/** A certificate and its key, as files and as PEM text. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** Whom a certificate is for. */
export interface CertificateSubject {
  readonly commonName: string;
  /** Kubernetes reads it as a group, e.g. `system:masters`; @default none. */
  readonly organization?: string;
  /** Subject alternative names as openssl writes them, e.g. `IP:127.0.0.1`; @default none: a client certificate. */
  readonly names?: readonly string[];
  /** How long it is good; @default 1. */
  readonly days?: number;
}

/**
 * A certificate authority for one test, valid for a day. Node's own crypto makes keys but no X.509 certificates: those
 * are signed by the openssl program.
 */
export class CertificateAuthority {
  /** PEM text of its certificate. */
  readonly cert: string;

  private constructor(
    private readonly folder: string,
    /** Its certificate's file. */
    readonly certFile: string,
    private readonly keyFile: string,
    private readonly openssl: string,
  ) {
    this.cert = readFileSync(certFile, "utf8");
  }

  /** Makes one in `folder`. Throws if openssl is missing. */
  static async create(folder: string): Promise<CertificateAuthority> {
    const openssl = requireBinary("openssl");
    const { privateFile: keyFile } = await writeKeyPair(folder, "ca");
    const certFile = join(folder, "ca.crt");
    const config = join(folder, "ca.cnf");
    writeFileSync(
      config,
      "[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\nbasicConstraints=critical,CA:true\n" +
        "keyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n",
    );
    await run(openssl, [
      "req",
      "-x509",
      "-new",
      "-key",
      keyFile,
      "-out",
      certFile,
      "-days",
      "1",
      "-subj",
      "/CN=live tests",
      "-config",
      config,
    ]);
    return new CertificateAuthority(folder, certFile, keyFile, openssl);
  }

  /** Signs a certificate, in files `<file>.crt` and `<file>.key`. */
  async issue(
    file: string,
    { commonName, organization, names = [], days = 1 }: CertificateSubject,
  ): Promise<Certificate> {
    const at = (extension: string): string => join(this.folder, `${file}.${extension}`);
    const { privateFile: keyFile } = await writeKeyPair(this.folder, file);
    const usage = names.length ? "serverAuth,clientAuth" : "clientAuth";
    writeFileSync(
      at("cnf"),
      `[req]\ndistinguished_name=dn\n[dn]\n[ext]\nkeyUsage=critical,digitalSignature\n` +
        `extendedKeyUsage=${usage}\nauthorityKeyIdentifier=keyid\n` +
        (names.length ? `subjectAltName=${names.join(",")}\n` : ""),
    );
    const subject = `${organization ? `/O=${organization}` : ""}/CN=${commonName}`;
    await run(this.openssl, [
      "req",
      "-new",
      "-key",
      keyFile,
      "-out",
      at("csr"),
      "-subj",
      subject,
      "-config",
      at("cnf"),
    ]);
    const signing = [
      "x509",
      "-req",
      "-in",
      at("csr"),
      "-CA",
      this.certFile,
      "-CAkey",
      this.keyFile,
      "-set_serial",
      `0x01${randomBytes(8).toString("hex")}`,
    ];
    const end = ["-days", String(days), "-out", at("crt"), "-extfile", at("cnf"), "-extensions", "ext"];
    await run(this.openssl, [...signing, ...end]);
    return { certFile: at("crt"), keyFile, cert: readFileSync(at("crt"), "utf8"), key: readFileSync(keyFile, "utf8") };
  }
}

/**
 * Writes a new private key to `<name>.key`, readable by this user alone, and its public half to `<name>.pub`. Returns
 * both files.
 * @default P-256, which is made at once; RSA of 2048 bits takes a fraction of a second.
 */
export async function writeKeyPair(
  folder: string,
  name: string,
  type: "ec" | "rsa" = "ec",
): Promise<{ readonly privateFile: string; readonly publicFile: string }> {
  const { privateKey, publicKey } = await (type === "ec"
    ? makeKeyPair("ec", { namedCurve: "prime256v1" })
    : makeKeyPair("rsa", { modulusLength: 2048 }));
  const [privateFile, publicFile] = [join(folder, `${name}.key`), join(folder, `${name}.pub`)];
  writeFileSync(privateFile, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  writeFileSync(publicFile, publicKey.export({ type: "spki", format: "pem" }));
  return { privateFile, publicFile };
}
