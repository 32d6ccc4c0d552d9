import type { RefusalBody, RefusalCode, SessionState } from "../wire.ts";

/** What the server has refused, or that it cannot be reached. */
export class ServerRefusal extends Error {
    readonly code: RefusalCode | "unreachable";
    readonly retryAfterMs: number | undefined;

    constructor(code: RefusalCode | "unreachable", retryAfterMs?: number) {
        super(code);
        this.code = code;
        this.retryAfterMs = retryAfterMs;
    }
}

/** The code of whatever went wrong. */
export function codeOf(error: unknown): RefusalCode | "unreachable" {
    return error instanceof ServerRefusal ? error.code : "failed";
}

/**
 * Asks the page's own server.
 *
 * @throws `ServerRefusal`.
 */
async function ask(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
        response = await fetch(path, { ...init, credentials: "same-origin", cache: "no-store" });
    } catch {
        throw new ServerRefusal("unreachable");
    }
    if (response.ok) return response;
    const body = (await response.json().catch(() => ({}))) as Partial<RefusalBody>;
    throw new ServerRefusal(body.code ?? "failed", body.retryAfterMs);
}

/** Reads a value. */
export async function read<Value>(path: string): Promise<Value> {
    return (await (await ask(path, { method: "GET" })).json()) as Value;
}

/** Does something; gives what the server answers, if anything. */
export async function act<Value = undefined>(
    method: "POST" | "DELETE",
    path: string,
    body?: object,
): Promise<Value> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await ask(path, {
        method,
        headers: { "Content-Type": "application/json" },
        ...sent,
    });
    const text = await response.text();
    return (text === "" ? undefined : JSON.parse(text)) as Value;
}

/** Sends a file of the chat; gives its id. */
export async function sendFile(file: File): Promise<string> {
    const response = await ask("/api/chat/files", {
        method: "POST",
        headers: {
            "Content-Type": file.type || "application/octet-stream",
            "X-File-Name": encodeURIComponent(file.name),
        },
        body: file,
    });
    return ((await response.json()) as { readonly id: string }).id;
}

/** How to sign in, and whether that is done. */
export async function readSession(): Promise<SessionState> {
    return await read<SessionState>("/api/session");
}
