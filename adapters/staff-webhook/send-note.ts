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

/** Answers about this note alone: other notes may be taken, and must not wait behind it. */
const refusals: ReadonlySet<number> = new Set([400, 410, 413, 415, 422]);

/**
 * Sends a note, once. Whatever the system answers but success or a refusal of this note is worth
 * another try: an alert must not get lost because a certificate, a password or an address is wrong
 * for a while.
 *
 * @throws `platform-unavailable` (retryable), `platform-rejected`, `aborted`.
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
    if (refusals.has(response.status)) throw refused(response.status);
    const seconds = Number(response.headers.get("retry-after"));
    const asked = seconds > 0 && seconds < 3_600;
    throw away(
        `has answered with ${response.status}`,
        asked ? { retryAfterMs: seconds * 1000 } : {},
    );
}

function refused(status: number): AppError {
    return new AppError(
        "platform-rejected",
        `The system at staff.webhook has refused a note (${status}).`,
        {
            remedy: "See in that system why it refuses the note, and mend it. Then send the note again with: bimedix2 queue resend --all",
        },
    );
}

function away(what: string, options: { cause?: Error; retryAfterMs?: number }): AppError {
    return new AppError("platform-unavailable", `The system at staff.webhook ${what}.`, {
        ...options,
        retryable: true,
        remedy: "See that staff.webhook in clinic.yaml is its address, that it runs, and that it accepts the signature (docs/staff.md). It is tried again.",
    });
}
