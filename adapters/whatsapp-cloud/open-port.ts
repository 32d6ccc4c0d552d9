import type { Server } from "node:http";
import { AppError } from "../../src/errors.ts";
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
 * A server that listens at the address.
 *
 * @param create Gives a server that does not listen yet.
 * @throws `config-invalid` when it is not possible to listen there, `aborted`.
 */
export async function openPort(
    create: () => Server,
    address: ListenAddress,
    { takeoverMs }: Pick<CloudTimings, "takeoverMs">,
    signal: AbortSignal,
): Promise<Server> {
    const beganMs = performance.now();
    for (let failures = 1; ; failures += 1) {
        try {
            return await listenOnce(create(), address);
        } catch (error) {
            const code = error instanceof Error && "code" in error ? String(error.code) : "";
            // The process that received before may hold the port until it ends.
            const isLate = performance.now() - beganMs >= takeoverMs;
            if (code !== "EADDRINUSE" || isLate) throw cannotListen(address, code);
            await wait(backoffMs(failures, { firstMs: 100, mostMs: 1_000 }), signal);
        }
    }
}

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
    if (code === "EADDRINUSE") {
        return new AppError(
            "config-invalid",
            `The port for WhatsApp's webhooks is taken: another program listens at ${place}.`,
            {
                ...options,
                remedy: "Stop the other program, or set platforms.whatsappCloud.port in clinic.yaml to a free port, and the same in the proxy.",
            },
        );
    }
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
