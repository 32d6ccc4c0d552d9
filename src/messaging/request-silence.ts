/** Why a request to a platform has no answer, or none that can be read. */
export class RequestSilence extends Error {
    override readonly name = "RequestSilence";
    /** Whether the request can have reached the platform. */
    readonly sent: boolean;

    constructor(sent: boolean) {
        super(sent ? "no answer" : "not sent");
        this.sent = sent;
    }
}

/** The code of a network fault, which is safe to show, such as ECONNREFUSED. */
export function networkCode(error: unknown): string | undefined {
    if (!(error instanceof Error)) return undefined;
    if (error.name === "AbortError") return "no answer in time";
    const code = "code" in error ? String(error.code) : undefined;
    return code !== undefined && /^[A-Z][A-Z_0-9]+$/.test(code) ? code : networkCode(error.cause);
}

const beforeSending =
    /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|CERT_|SELF_SIGNED|UNABLE_TO_|DEPTH_ZERO|ERR_TLS)/;

/** Whether there was no connection on which the request could have been sent. */
export function endedBeforeSending(error: unknown): boolean {
    if (!(error instanceof Error)) return false;
    return (
        /\b(?:connect|getaddrinfo) E[A-Z]/.test(error.message) ||
        beforeSending.test(networkCode(error) ?? "") ||
        endedBeforeSending(error.cause)
    );
}
