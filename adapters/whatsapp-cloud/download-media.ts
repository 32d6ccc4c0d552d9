import { createHash } from "node:crypto";
import { AppError, isAppError } from "../../src/errors.ts";
import type { Attachment } from "../../src/message.ts";
import { withDeadline } from "../../src/wait.ts";
import { readBody } from "../../src/messaging/read-body.ts";
import { withRetries } from "../../src/messaging/with-retries.ts";
import { asAway } from "../../src/messaging/as-away.ts";
import { translateFailure, translateRefusal } from "./failures.ts";
import type { GraphClient } from "./graph-client.ts";
import { type JsonObject, textIn } from "./json-object.ts";
import type { CloudTimings } from "./timings.ts";

const mostRedirects = 3;

/**
 * The bytes of a file that a patient sent: first its address is asked for, which holds for five
 * minutes, then the file itself (Cloud API, "Media"). Files stay with Meta for a week.
 *
 * @throws `attachment-too-large`, `attachment-unavailable`, `platform-unavailable` (retryable),
 * `aborted`.
 */
export async function downloadMedia(
    client: GraphClient,
    timings: CloudTimings,
    { id }: Attachment,
    maxBytes: number,
    signal: AbortSignal,
): Promise<Uint8Array> {
    if (!/^[\w-]{1,200}$/.test(id)) throw gone();
    return await withRetries(
        async () => {
            const file = await locate(client, id, signal);
            if (Number(file["file_size"] ?? 0) > maxBytes) throw tooLarge();
            const bytes = await withDeadline(timings.downloadMs, signal, async (bounded) => {
                try {
                    return await fetchBytes(client, addressOf(file, client), maxBytes, bounded);
                } catch (error) {
                    throw translateFailure(error, signal);
                }
            });
            checkHash(bytes, textIn(file, "sha256"));
            return bytes;
        },
        timings,
        signal,
    );
}

async function locate(client: GraphClient, id: string, signal: AbortSignal): Promise<JsonObject> {
    try {
        return await client.call(id, undefined, signal);
    } catch (error) {
        if (isAppError(error, "platform-rejected", "patient-unreachable")) throw gone();
        throw asAway(error);
    }
}

function addressOf(file: JsonObject, client: GraphClient): URL {
    const address = textIn(file, "url");
    if (address === undefined || !URL.canParse(address)) throw gone();
    return trusted(new URL(address), client);
}

/** The token goes to Meta alone: a file's address is what an answer says, or a redirection. */
function trusted(address: URL, { graphRoot }: GraphClient): URL {
    const graph = new URL(graphRoot);
    const isMeta =
        address.protocol === "https:" &&
        address.port === "" &&
        /\.(?:fbsbx\.com|whatsapp\.net)$/.test(address.hostname);
    const isGraph = address.protocol === graph.protocol && address.host === graph.host;
    if (isMeta || isGraph) return address;
    throw new AppError("attachment-unavailable", "WhatsApp named a strange place for a file.");
}

async function fetchBytes(
    client: GraphClient,
    address: URL,
    maxBytes: number,
    signal: AbortSignal,
    redirects = 0,
): Promise<Uint8Array> {
    const response = await client.fetchFile(address, signal);
    const { status, body, headers } = response;
    const location = headers.get("location");
    if (status >= 300 && status < 400 && location !== null) {
        await body?.cancel();
        if (redirects >= mostRedirects || !URL.canParse(location, address.href)) throw gone();
        const next = trusted(new URL(location, address), client);
        return await fetchBytes(client, next, maxBytes, signal, redirects + 1);
    }
    if (!response.ok || body === null) {
        await body?.cancel();
        if (status >= 500 || status === 429) throw translateRefusal({ status });
        throw status === 401 ? asAway(translateRefusal({ status })) : gone();
    }
    return await readBody(body, maxBytes, tooLarge);
}

/** Meta states the hash in hexadecimal here, and in Base64 in webhooks. */
function checkHash(bytes: Uint8Array, stated: string | undefined): void {
    if (stated === undefined) return;
    const digest = createHash("sha256").update(bytes).digest();
    const isHex = /^[0-9a-f]{64}$/i.test(stated);
    if (digest.equals(Buffer.from(stated, isHex ? "hex" : "base64"))) return;
    throw new AppError("platform-unavailable", "A file from WhatsApp has arrived damaged.", {
        retryable: true,
    });
}

function tooLarge(): AppError {
    return new AppError("attachment-too-large", "A file on WhatsApp is larger than allowed.");
}

function gone(): AppError {
    return new AppError("attachment-unavailable", "A file on WhatsApp is no longer there.");
}
