import { withDeadline } from "../../src/wait.ts";
import { readBody } from "../../src/messaging/read-body.ts";
import { asObject, type JsonObject, objectIn } from "./json-object.ts";
import { translateFailure, translateRefusal, unreadableAnswer } from "./failures.ts";
import type { CloudTimings } from "./timings.ts";

/** Where the Graph API is, and as whom it is asked. */
export interface GraphAccess {
    readonly accessToken: string;
    /** With the version, like https://graph.facebook.com/v24.0. */
    readonly graphRoot: string;
}

/** Bounded requests to the Graph API, with the product's errors. */
export interface GraphClient {
    readonly graphRoot: string;
    /**
     * One request, tried once: a GET, or with a body a POST.
     *
     * @param path Below the root; its parts are encoded already.
     * @throws `config-invalid`, `patient-unreachable`, `platform-rejected`, `platform-unavailable`
     * (retryable), `aborted`.
     */
    call(path: string, body?: JsonObject, signal?: AbortSignal): Promise<JsonObject>;
    /** A request for a file, at an address that the Graph API has given. */
    fetchFile(address: URL, signal: AbortSignal): Promise<Response>;
}

/** More than any answer that is asked for here. */
const mostAnswerBytes = 1024 * 1024;
/** Meta's file servers refuse requests without the name of a program. */
const userAgent = "bimedix2-chat";

/** A client for one access token. Does nothing until it is called. */
export function createGraphClient(
    { accessToken, graphRoot }: GraphAccess,
    { requestMs }: Pick<CloudTimings, "requestMs">,
): GraphClient {
    const root = graphRoot.replace(/\/+$/, "");
    const headers = { authorization: `Bearer ${accessToken}`, "user-agent": userAgent };
    return {
        graphRoot: root,
        async call(path, body, signal) {
            try {
                return await withDeadline(requestMs, signal, async (bounded) => {
                    const response = await fetch(`${root}/${path}`, {
                        ...(body === undefined
                            ? { headers }
                            : {
                                  method: "POST",
                                  headers: { ...headers, "content-type": "application/json" },
                                  body: JSON.stringify(body),
                              }),
                        signal: bounded,
                        redirect: "error",
                    });
                    return readAnswer(response, await readText(response));
                });
            } catch (error) {
                throw translateFailure(error, signal);
            }
        },
        fetchFile: (address, signal) => fetch(address, { headers, signal, redirect: "manual" }),
    };
}

function readAnswer(response: Response, text: string): JsonObject {
    const answer = parseObject(text);
    if (response.ok) {
        if (answer === undefined) throw unreadableAnswer();
        return answer;
    }
    const error = objectIn(answer, "error");
    // Meta says what it refuses; these are words of a proxy or firewall on the way.
    const isStranger = error === undefined && ![401, 429].includes(response.status);
    if (isStranger && response.status < 500) throw unreadableAnswer();
    const { code, error_subcode: subcode } = error ?? {};
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    throw translateRefusal({
        status: response.status,
        code: typeof code === "number" ? code : undefined,
        subcode: typeof subcode === "number" ? subcode : undefined,
        retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
    });
}

async function readText({ body }: Response): Promise<string> {
    if (body === null) return "";
    const bytes = await readBody(body, mostAnswerBytes, unreadableAnswer);
    return Buffer.from(bytes).toString();
}

function parseObject(text: string): JsonObject | undefined {
    try {
        return asObject(JSON.parse(text));
    } catch {
        return undefined;
    }
}
