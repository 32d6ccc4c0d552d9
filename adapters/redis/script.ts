import { createHash } from "node:crypto";
import { ErrorReply, RESP_TYPES, type RedisArgument } from "redis";
import type { RedisClient } from "./client.ts";

/** A Lua script: the server runs it as one atomic step. */
export interface Script {
    readonly source: string;
    /** How the server names it: SHA-1 of the source. */
    readonly sha1: string;
}

/** Prepares a script. It must work with Redis 6.2. */
export function defineScript(source: string): Script {
    return { source, sha1: createHash("sha1").update(source).digest("hex") };
}

/**
 * Runs a script; strings of its reply come as bytes. A server that does not know the script (it
 * forgets all at a restart) gets the source.
 */
export async function runScript(
    client: RedisClient,
    script: Script,
    keys: string[],
    values: RedisArgument[],
): Promise<unknown> {
    const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    const options = { keys, arguments: values };
    try {
        return await binary.evalSha(script.sha1, options);
    } catch (error) {
        const unknown = error instanceof ErrorReply && error.message.startsWith("NOSCRIPT");
        if (!unknown) throw error;
        return await binary.eval(script.source, options);
    }
}
