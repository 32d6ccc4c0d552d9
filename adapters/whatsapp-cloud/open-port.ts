import type { Server } from "node:http";
import { AppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import { backoffMs, wait } from "../../src/wait.ts";
import type { CloudTimings } from "./timings.ts";

/** Where webhooks are received. */
export interface ListenAddress {
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
    /** The path of the webhook's address, like /webhooks/whatsapp. */
    readonly path: string;
}

/**
 * A server that listens at the address, as soon as the port is free: another process of the clinic may
 * hold it, and this one takes over when that ends.
 *
 * @param create Gives a server that does not listen yet.
 * @throws `config-invalid` when nobody can listen there, `aborted`.
 */
export async function openPort(
    create: () => Server,
    address: ListenAddress,
    { timings, logger }: { readonly timings: CloudTimings; readonly logger: Logger },
    signal: AbortSignal,
): Promise<Server> {
    const beganMs = performance.now();
    let told = false;
    for (let failures = 1; ; failures += 1) {
        try {
            return await listenOnce(create(), address);
        } catch (error) {
            const code = error instanceof Error && "code" in error ? String(error.code) : "";
            if (code !== "EADDRINUSE") throw cannotListen(address, code);
            if (!told && performance.now() - beganMs >= timings.takeoverMs) {
                told = true;
                const { host, port } = address;
                logger.error({ whatsapp: "port-taken", host, port, remedy }, portTaken);
            }
            await wait(backoffMs(failures, { firstMs: 100, mostMs: 1_000 }), signal);
        }
    }
}

const portTaken =
    "WhatsApp: another program listens at the port for Meta's calls; waiting until it is free";
const remedy =
    "If that is another process of this clinic on this machine, all is well. If not, stop that program, or set platforms.whatsappCloud.port in clinic.yaml to a free port, and the same in the proxy.";

async function listenOnce(server: Server, { host, port }: ListenAddress): Promise<Server> {
    return await new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
            server.off("error", reject);
            resolve(server);
        });
    });
}

function cannotListen({ host, port }: ListenAddress, code: string): AppError {
    const place = `${host}:${port}`;
    const options = { cause: Object.assign(new Error("listen"), { code }) };
    if (code === "EACCES") {
        return new AppError(
            "config-invalid",
            `This user may not listen at ${place} for WhatsApp's webhooks.`,
            {
                ...options,
                remedy: "Set platforms.whatsappCloud.port in clinic.yaml to a port above 1023, like 8085, and let the proxy forward to it.",
            },
        );
    }
    return new AppError(
        "config-invalid",
        `It is not possible to listen at ${place} for WhatsApp's webhooks (${code}).`,
        {
            ...options,
            remedy: "Set platforms.whatsappCloud.host in clinic.yaml to an address of this machine; 127.0.0.1 is right when the proxy runs on it.",
        },
    );
}
