import { AppError, type AppErrorOptions, type ErrorCode } from "../../src/errors.ts";
import {
    endedBeforeSending,
    networkCode,
    RequestSilence,
} from "../../src/messaging/request-silence.ts";

/** What the Graph API says of a refused request; its words, which can quote numbers, stay out. */
export interface RefusedRequest {
    /** The HTTP status. */
    readonly status: number;
    /** Meta's own number of the error (WhatsApp Cloud API, "Error codes"). */
    readonly code?: number | undefined;
    readonly subcode?: number | undefined;
    readonly retryAfterMs?: number | undefined;
}

/** A refusal; the `code` is loggable. */
class GraphRefusal extends Error {
    override readonly name = "GraphRefusal";
    readonly code: number;
    readonly status: number;
    readonly subcode: number | undefined;

    constructor({ status, code = 0, subcode }: RefusedRequest) {
        super(`${status}/${code}`);
        this.code = code;
        this.status = status;
        this.subcode = subcode;
    }
}

/** What an error number means. */
interface Meaning {
    readonly code: ErrorCode;
    readonly message: string;
    readonly remedy?: string;
    readonly retryable?: true;
    /** At least this long, unless the answer says how long. */
    readonly retryAfterMs?: number;
}

const tokenRefused: Meaning = {
    code: "config-invalid",
    message: "WhatsApp does not accept the access token.",
    remedy: "The token has expired, was withdrawn or is incomplete. In Meta's Business settings, under System users, generate a token that never expires, put it into the file .env as WHATSAPP_ACCESS_TOKEN=… and start again.",
};
const permissionMissing: Meaning = {
    code: "config-invalid",
    message: "The access token lacks the permission for WhatsApp or for this phone number.",
    remedy: "In Meta's Business settings, under System users, assign the app and the WhatsApp account to the system user with full control, generate a token with the permissions whatsapp_business_messaging and whatsapp_business_management, put it into the file .env as WHATSAPP_ACCESS_TOKEN=… and start again.",
};
const numberNotRegistered: Meaning = {
    code: "config-invalid",
    message: "The phone number is not registered with the WhatsApp Cloud API.",
    remedy: "Open the number in the WhatsApp Manager and finish its registration.",
};
const accountRestricted: Meaning = {
    code: "config-invalid",
    message: "Meta has restricted or locked the clinic's WhatsApp account.",
    remedy: "Open the WhatsApp Manager, Account quality: it says why, and how to ask for a review.",
};
const paymentMissing: Meaning = {
    code: "config-invalid",
    message: "Meta does not deliver because of the payment settings of the WhatsApp account.",
    remedy: "Open the WhatsApp Manager, Payment settings, and put the payment method in order.",
};
const windowClosed: Meaning = {
    code: "patient-unreachable",
    message:
        "The patient's last message is older than 24 hours: WhatsApp no longer takes an answer.",
    remedy: "The patient has to write again. Find out in the log why the answer took so long.",
};
const patientGone: Meaning = {
    code: "patient-unreachable",
    message: "The patient cannot be reached on WhatsApp.",
    remedy: "The patient has blocked the clinic, has left WhatsApp, or uses a very old version of it.",
};
const notAllowedInTest: Meaning = {
    code: "patient-unreachable",
    message: "This phone number is a test number, and the patient's number is not on its list.",
    remedy: "Add a phone number of the clinic's own in the WhatsApp Manager, or put the patient's number on the list (Meta for Developers, WhatsApp, API setup, To).",
};
const ownNumber: Meaning = {
    code: "patient-unreachable",
    message: "The clinic's own number has written to itself: WhatsApp does not deliver that.",
};
const tooFast: Meaning = {
    code: "platform-unavailable",
    message: "WhatsApp asks to slow down.",
    retryable: true,
    retryAfterMs: 2_000,
};
const fault: Meaning = {
    code: "platform-unavailable",
    message: "WhatsApp has a fault of its own.",
    retryable: true,
    remedy: "Nothing needs to be done here: it is tried again.",
};

/** Meta's error numbers (Cloud API, "Error codes", of 15 May 2026). */
const meanings: ReadonlyMap<number, Meaning> = new Map([
    [190, tokenRefused],
    [3, permissionMissing],
    [10, permissionMissing],
    [131005, permissionMissing],
    [133010, numberNotRegistered],
    [131045, numberNotRegistered],
    [368, accountRestricted],
    [131031, accountRestricted],
    [131042, paymentMissing],
    [131047, windowClosed],
    [131026, patientGone],
    [131050, patientGone],
    [130472, patientGone],
    [130497, patientGone],
    [131030, notAllowedInTest],
    [131021, ownNumber],
    [4, tooFast],
    [613, tooFast],
    [80007, tooFast],
    [130429, tooFast],
    // One message every 6 s to one patient, more at once only for a while.
    [131056, { ...tooFast, retryAfterMs: 6_000 }],
    // Too many patients have blocked or reported the number.
    [131048, { ...tooFast, retryAfterMs: 60_000 }],
    [1, fault],
    [2, fault],
    [131000, fault],
    [131016, fault],
    [131057, fault],
    [133004, fault],
]);

function meaningOf({ status, code }: RefusedRequest): Meaning | undefined {
    const known = code === undefined ? undefined : meanings.get(code);
    if (status === 429 && (known === undefined || known === fault)) return tooFast;
    if (known) return known;
    if (code !== undefined && code >= 200 && code <= 299) return permissionMissing;
    if (status === 401) return tokenRefused;
    if (status >= 500) return fault;
    return undefined;
}

/** The product's error for a refused request. */
export function translateRefusal(refused: RefusedRequest): AppError {
    const cause = new GraphRefusal(refused);
    const meaning = meaningOf(refused);
    if (meaning === undefined) {
        const number = refused.code === undefined ? "" : `, code ${refused.code}`;
        const message = `WhatsApp refused a request (status ${refused.status}${number}).`;
        return new AppError("platform-rejected", message, { cause });
    }
    const { code, message, ...rest } = meaning;
    const retryAfterMs = refused.retryAfterMs ?? rest.retryAfterMs;
    return new AppError(code, message, {
        ...rest,
        ...(retryAfterMs === undefined || !rest.retryable ? {} : { retryAfterMs }),
        cause,
    });
}

const unknownFault: Pick<Meaning, "message" | "remedy"> = {
    message: "WhatsApp reports a fault.",
    remedy: "Look the number up in Meta's list of error codes for the WhatsApp Cloud API.",
};

/** What Meta reports with one of its error numbers, for the administrator. */
export function explain(code: number): Pick<AppErrorOptions, "remedy"> & { message: string } {
    const { message, remedy } = meaningOf({ status: 400, code }) ?? unknownFault;
    return { message, ...(remedy === undefined ? {} : { remedy }) };
}

/**
 * The product's error for a request that got no answer. Neither the token nor anything of a patient
 * gets into it.
 *
 * @param signal The caller's; when it has aborted, that is the reason.
 */
export function translateFailure(error: unknown, signal?: AbortSignal): AppError {
    if (error instanceof AppError) return error;
    if (signal?.aborted) return new AppError("aborted", "The request to WhatsApp was cancelled.");
    const code = networkCode(error);
    return new AppError(
        "platform-unavailable",
        `WhatsApp cannot be reached${code === undefined ? "" : ` (${code})`}.`,
        {
            retryable: true,
            remedy: "Check this machine's internet connection, and that its firewall allows connections to graph.facebook.com on port 443.",
            cause: new RequestSilence(!endedBeforeSending(error)),
        },
    );
}

/** An answer that cannot be read, as from a proxy on the way: what happened is not known. */
export function unreadableAnswer(): AppError {
    return new AppError("platform-unavailable", "WhatsApp's answer cannot be read.", {
        retryable: true,
        remedy: "Check WHATSAPP_GRAPH_ROOT in the file .env, and whether a proxy stands in the way.",
        cause: new RequestSilence(true),
    });
}

/** Whether WhatsApp may have carried out the request that ended with `error`. */
export function mayBeCarriedOut(error: unknown): boolean {
    if (!(error instanceof AppError)) return true;
    if (error.cause instanceof RequestSilence) return error.cause.sent;
    if (error.cause instanceof GraphRefusal) return error.cause.status >= 500;
    return error.code === "aborted";
}

/** Meta's number of the refusal that `error` is about; `undefined`: it is about none. */
export function refusalCode(error: unknown): number | undefined {
    return refusalOf(error)?.code;
}

/**
 * Whether Meta does not show the token what a request is about (code 100, subcode 33). Alone, 100 is
 * about the request's own content.
 */
export function isHiddenFromToken(error: unknown): boolean {
    const refusal = refusalOf(error);
    return refusal?.code === 100 && refusal.subcode === 33;
}

function refusalOf(error: unknown): GraphRefusal | undefined {
    const cause = error instanceof AppError ? error.cause : undefined;
    return cause instanceof GraphRefusal ? cause : undefined;
}

/** The product's error for a phone number id that Meta does not know, or does not show the token. */
export function unknownNumber(phoneNumberId: string, cause: unknown): AppError {
    return new AppError(
        "config-invalid",
        `Meta knows no phone number id ${phoneNumberId}, or the access token may not use it.`,
        {
            remedy: "Compare platforms.whatsappCloud.phoneNumberIds in clinic.yaml with the phone number ID in the WhatsApp Manager (Phone numbers; it is neither the phone number nor the ID of the account), and assign the WhatsApp account to the system user whose token is used.",
            cause,
        },
    );
}
