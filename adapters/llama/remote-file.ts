import { AppError } from "../../src/errors.ts";

/** A file that can be downloaded. */
export interface FileAddress {
    /** `https:` or `http:`. */
    readonly url: string;
    /** Sent as a bearer token, to this host alone, wherever it leads on to. */
    readonly token?: string;
}

/** What a server says of a file before it sends it. */
export interface RemoteFile {
    readonly bytes?: number;
    /** As Hugging Face states it for large files. */
    readonly sha256?: string;
}

const timeoutMs = 30_000;
const mostHops = 5;

/**
 * Asks for a file without its content.
 *
 * @throws `download-failed` when it is not there, needs an account, or the server does not answer.
 */
export async function inspectRemoteFile(
    { url, token }: FileAddress,
    signal: AbortSignal,
): Promise<RemoteFile> {
    const { origin } = new URL(url);
    let here = url;
    for (let hops = 0; hops < mostHops; hops++) {
        const answer = await head(here, token, "manual", signal);
        const stated = statedByHub(answer.headers);
        if (stated.bytes !== undefined) return stated;
        const next = answer.headers.get("location");
        const isElsewhere = answer.status >= 300 && answer.status < 400 && next !== null;
        if (!isElsewhere) return { ...stated, ...lengthOf(answer) };
        if (new URL(next, here).origin !== origin) break;
        // A repository that has another name now
        here = new URL(next, here).href;
    }
    return lengthOf(await head(here, token, "follow", signal));
}

/**
 * Where a file lies in the end. Only what is on the host that the token is for comes with the token.
 *
 * @throws `download-failed` also when the way leads from `https:` to `http:`; `aborted`.
 */
export async function locateFile(
    { url, token }: FileAddress,
    signal: AbortSignal,
): Promise<FileAddress> {
    const { origin } = new URL(url);
    let here = url;
    for (let hops = 0; hops <= mostHops; hops++) {
        const own = new URL(here).origin === origin ? token : undefined;
        const next = await redirectionOf({ url: here, ...(own ? { token: own } : {}) }, signal);
        if (next === undefined) return { url: here, ...(own ? { token: own } : {}) };
        const { protocol, href } = new URL(next, here);
        if (protocol !== "https:" && protocol !== new URL(here).protocol) throw unprotected(here);
        here = href;
    }
    throw unreachable(url, undefined);
}

/** Asks for the beginning, as a download does: what is signed for GET refuses HEAD. */
async function redirectionOf(
    { url, token }: FileAddress,
    signal: AbortSignal,
): Promise<string | undefined> {
    const headers = {
        range: "bytes=0-0",
        "accept-encoding": "identity",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const answer = await fetch(url, { headers, redirect: "manual", signal: limit }).catch(
        (cause: unknown) => {
            if (signal.aborted) throw new AppError("aborted", "The download was stopped.");
            throw unreachable(url, cause);
        },
    );
    await answer.body?.cancel();
    if (answer.status >= 400) throw refused(url, answer.status);
    return answer.status >= 300 ? (answer.headers.get("location") ?? undefined) : undefined;
}

function unprotected(url: string): AppError {
    return new AppError(
        "download-failed",
        `${hostOf(url)} sends the program on to an address without https, where anybody could change the file on its way.`,
        {
            remedy: "Look on the model's page for another address, or use --from with one of your own.",
        },
    );
}

function lengthOf({ ok, headers }: Response): RemoteFile {
    const bytes = Number(headers.get("content-length") ?? Number.NaN);
    return ok && bytes > 0 ? { bytes } : {};
}

async function head(
    url: string,
    token: string | undefined,
    redirect: "manual" | "follow",
    signal: AbortSignal,
): Promise<Response> {
    const headers = {
        "accept-encoding": "identity",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const answer = await fetch(url, { method: "HEAD", headers, redirect, signal: limit }).catch(
        (cause: unknown) => {
            if (signal.aborted) throw new AppError("aborted", "The download was stopped.");
            throw unreachable(url, cause);
        },
    );
    // Some servers answer HEAD for nothing: the download itself will tell
    const isWithoutHead = answer.status === 405 || answer.status === 501;
    if (answer.status >= 400 && !isWithoutHead) throw refused(url, answer.status);
    return answer;
}

/** Large files on Hugging Face: the headers stand in its redirection to where the content lies. */
function statedByHub(headers: Headers): RemoteFile {
    const sha256 = /^"?([0-9a-f]{64})"?$/.exec(headers.get("x-linked-etag") ?? "")?.[1];
    const bytes = Number(headers.get("x-linked-size") ?? Number.NaN);
    return {
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(bytes > 0 ? { bytes } : {}),
    };
}

/** Says what a server's refusal means. */
export function refused(url: string, status: number, cause?: unknown): AppError {
    const options = cause === undefined ? {} : { cause };
    if (status === 401 || status === 403) {
        return new AppError("download-failed", `${hostOf(url)} asks for an account (${status}).`, {
            remedy: "Accept the model's terms on its page there, make an access token for reading, and set it as the variable HF_TOKEN. Or download the file in a browser.",
            ...options,
        });
    }
    if (status === 404 || status === 410) {
        return new AppError("download-failed", `There is no such file: ${withoutSecrets(url)}.`, {
            remedy: "Look on the model's page whether it has another name now, and correct downloads in the model's profile; or use --from with an address of your own.",
            ...options,
        });
    }
    return new AppError("download-failed", `${hostOf(url)} refuses the file (${status}).`, {
        retryable: true,
        remedy: "Run the same command again later: it goes on where it was.",
        ...options,
    });
}

/** Says that a server does not answer. */
export function unreachable(url: string, cause: unknown): AppError {
    return new AppError("download-failed", `${hostOf(url)} cannot be reached.`, {
        retryable: true,
        remedy: "Check the connection and run the same command again: it goes on where it was. Behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1 (Node.js 24 or newer); or download the file on another machine (docs/models.md).",
        cause,
    });
}

function hostOf(url: string): string {
    return new URL(url).host;
}

/** An address without what may be a key in it. */
export function withoutSecrets(url: string): string {
    const { origin, pathname } = new URL(url);
    return origin + pathname;
}
