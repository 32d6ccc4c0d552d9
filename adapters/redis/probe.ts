import { connect } from "node:net";

/** What a Redis server on a Unix socket says of itself. */
export type ProbeResult =
    /** Nobody listens. */
    | { readonly state: "absent" }
    /** Somebody listens and does not answer in time, or not as an open Redis server would. */
    | { readonly state: "silent" }
    /** `loading`: it still reads its data. */
    | { readonly state: "ready" | "loading"; readonly version: string };

/** Asks a server how it is, on a connection of its own. Never fails. */
export async function probeServer(socketPath: string, timeoutMs: number): Promise<ProbeResult> {
    return await new Promise((resolve) => {
        const socket = connect(socketPath);
        let reply = "";
        const end = (result: ProbeResult): void => {
            clearTimeout(timer);
            socket.destroy();
            resolve(result);
        };
        const timer = setTimeout(() => end({ state: "silent" }), timeoutMs);
        socket.setEncoding("latin1");
        socket.once("connect", () => socket.write("PING\r\nINFO server\r\n"));
        socket.on("data", (piece: string) => {
            reply += piece;
            const result = parseReply(reply);
            if (result !== undefined) end(result);
        });
        socket.once("error", (error: NodeJS.ErrnoException) => {
            const nobody = ["ENOENT", "ECONNREFUSED", "ENOTSOCK"].includes(error.code ?? "");
            end({ state: nobody ? "absent" : "silent" });
        });
        socket.once("close", () => end({ state: "silent" }));
    });
}

/** The reply to PING is a line; the one to INFO a length, then as many bytes. */
function parseReply(reply: string): ProbeResult | undefined {
    const parts = /^([+-])(\w+)[^\r]*\r\n\$(\d+)\r\n/.exec(reply);
    if (parts === null) return /^-(?!LOADING)/.test(reply) ? { state: "silent" } : undefined;
    const [header, , word, length] = parts;
    const info = reply.slice(header.length);
    if (info.length < Number(length)) return undefined;
    const version = readVersion(info);
    if (version === undefined) return { state: "silent" };
    if (word === "PONG") return { state: "ready", version };
    return word === "LOADING" ? { state: "loading", version } : { state: "silent" };
}

/** The version in a reply to INFO. Valkey also names the Redis that it is compatible with. */
export function readVersion(info: string): string | undefined {
    const version = /^valkey_version:(\S+)/m.exec(info) ?? /^redis_version:(\S+)/m.exec(info);
    return version?.[1];
}
