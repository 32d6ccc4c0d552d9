import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { createSelfSignedCertificate } from "./self-signed-certificate.ts";

/** A server that speaks TLS and passes everything on to a port that does not. */
export interface TlsFront {
    readonly port: number;
    /** The certificate, for NODE_EXTRA_CA_CERTS. */
    readonly trustedFile: string;
    close(): Promise<void>;
}

/** Stands before a Redis: the bundled one speaks no TLS. */
export async function startTlsFront(targetPort: number): Promise<TlsFront> {
    const certificate = createSelfSignedCertificate();
    const server = createServer(certificate, (incoming) => {
        const outgoing = connect(targetPort, "127.0.0.1");
        incoming.on("error", () => outgoing.destroy()).pipe(outgoing);
        outgoing.on("error", () => incoming.destroy()).pipe(incoming);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-tls-"));
    const trustedFile = join(folder, "authority.pem");
    await writeFile(trustedFile, certificate.cert);
    return {
        port: (server.address() as AddressInfo).port,
        trustedFile,
        async close() {
            server.close();
            await rm(folder, { recursive: true });
        },
    };
}
