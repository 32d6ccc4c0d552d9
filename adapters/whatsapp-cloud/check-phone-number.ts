import { AppError, isAppError } from "../../src/errors.ts";
import { refusalCode, unknownNumber } from "./failures.ts";
import { createGraphClient, type GraphAccess, type GraphClient } from "./graph-client.ts";
import { textIn } from "./json-object.ts";
import { defaultTimings } from "./timings.ts";

/** What Meta says of one of the clinic's phone numbers, without the number. */
export interface PhoneNumberCheck {
    /** The name that patients see. */
    readonly verifiedName?: string;
    /** How content patients are: GREEN, YELLOW, RED, or UNKNOWN while there are few. */
    readonly quality?: string;
}

/**
 * Asks Meta whether a phone number can be used with an access token. Receives and changes nothing.
 *
 * @throws `config-invalid` when it cannot, with the remedy; `platform-unavailable` (retryable) when
 * Meta cannot be asked; `aborted`.
 */
export async function checkPhoneNumber({
    phoneNumberId,
    signal,
    ...access
}: GraphAccess & {
    readonly phoneNumberId: string;
    readonly signal: AbortSignal;
}): Promise<PhoneNumberCheck> {
    return await askForNumber(createGraphClient(access, defaultTimings), phoneNumberId, signal);
}

/** As {@link checkPhoneNumber}, with a client. */
export async function askForNumber(
    client: GraphClient,
    phoneNumberId: string,
    signal: AbortSignal,
): Promise<PhoneNumberCheck> {
    try {
        const fields = "verified_name,quality_rating";
        const answer = await client.call(
            `${encodeURIComponent(phoneNumberId)}?fields=${fields}`,
            undefined,
            signal,
        );
        const verifiedName = textIn(answer, "verified_name");
        const quality = textIn(answer, "quality_rating");
        return {
            ...(verifiedName === undefined ? {} : { verifiedName }),
            ...(quality === undefined ? {} : { quality }),
        };
    } catch (error) {
        // 100 and 33: there is no such number, or the token may not see it.
        const code = refusalCode(error);
        if (code === 100 || code === 33) throw unknownNumber(phoneNumberId, error);
        if (isAppError(error, "config-invalid", "platform-unavailable", "aborted")) throw error;
        throw new AppError("platform-unavailable", "Meta did not say whose phone number this is.", {
            retryable: true,
            cause: error,
        });
    }
}
