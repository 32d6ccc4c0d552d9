import { AppError, isAppError } from "../../src/errors.ts";
import { refusalCode } from "./failures.ts";
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
        if (code === 100 || code === 33) throw wrongNumber(error);
        if (isAppError(error, "config-invalid", "platform-unavailable", "aborted")) throw error;
        throw new AppError("platform-unavailable", "Meta did not say whose phone number this is.", {
            retryable: true,
            cause: error,
        });
    }
}

function wrongNumber(cause: unknown): AppError {
    return new AppError(
        "config-invalid",
        "Meta knows no such phone number id, or the access token may not use it.",
        {
            remedy: "Compare platforms.whatsappCloud.phoneNumberIds in clinic.yaml with the phone number ID in the WhatsApp Manager (Phone numbers; it is neither the phone number nor the ID of the account), and assign the WhatsApp account to the system user whose token is used.",
            cause,
        },
    );
}
