import { AppError } from "../../src/errors.ts";
import type { StaffNoteKind } from "../../src/message.ts";
import {
    endedBeforeSending,
    networkCode,
    RequestSilence,
} from "../../src/messaging/request-silence.ts";
import { withDeadline } from "../../src/wait.ts";
import { sign, signatureHeader } from "./signature.ts";

/** What the clinic's system gets. */
export interface SentNote {
    /** Equal whenever the same note is sent again: the second one is to be ignored. */
    readonly id: string;
    readonly kind: StaffNoteKind;
    /** Absent where it is about no conversation. */
    readonly code?: string;
    /** Of the text. */
    readonly language: "ar" | "en";
    /** Without formatting. */
    readonly text: string;
    /** When it is sent (ISO 8601, UTC). */
    readonly at: string;
}

/** Where notes are sent. */
export interface WebhookTarget {
    readonly url: string;
    readonly secret: string;
    /** Longest time for one request. */
    readonly requestMs: number;
}

/**
 * Sends a note, once. Whatever the system answers but success is worth another try: an alert must
 * not get lost because a certificate has expired.
 *
 * @throws `platform-unavailable` (retryable), `aborted`.
 */
export async function sendNote(
    note: SentNote,
    { url, secret, requestMs }: WebhookTarget,
    signal: AbortSignal,
): Promise<void> {
    const body = JSON.stringify(note);
    let response: Response;
    try {
        response = await withDeadline(requestMs, signal, (bounded) =>
            fetch(url, {
                method: "POST",
                headers: {
                    "content-type": "application/json",
                    "user-agent": "bimedix2-chat",
                    [signatureHeader]: sign(body, secret),
                },
                body,
                redirect: "manual",
                signal: bounded,
            }),
        );
        await response.body?.cancel();
    } catch (error) {
        if (signal.aborted) throw new AppError("aborted", "The request was cancelled.");
        const code = networkCode(error);
        throw away(`cannot be reached${code === undefined ? "" : ` (${code})`}`, {
            cause: new RequestSilence(!endedBeforeSending(error)),
        });
    }
    if (response.ok) return;
    const seconds = Number(response.headers.get("retry-after"));
    const asked = seconds > 0 && seconds < 3_600;
    throw away(
        `has answered with ${response.status}`,
        asked ? { retryAfterMs: seconds * 1000 } : {},
    );
}

function away(what: string, options: { cause?: Error; retryAfterMs?: number }): AppError {
    return new AppError("platform-unavailable", `The system at staff.webhook ${what}.`, {
        ...options,
        retryable: true,
        remedy: "See that staff.webhook in clinic.yaml is its address, that it runs, and that it accepts the signature (docs/staff.md). It is tried again.",
    });
}
