import { AppError } from "../../src/errors.ts";

const remedy =
    "Nothing needs to be done here if it passes: it is tried again. If it lasts, check this machine's internet connection and, with the command doctor, that the phone is linked.";

/** WhatsApp cannot be asked for anything just now. */
export function notLinked(): AppError {
    return new AppError("platform-unavailable", "WhatsApp is not linked at the moment.", {
        retryable: true,
        remedy,
    });
}

/** WhatsApp was asked, and what became of it is not known, or not done. */
export function notDone(what: string): AppError {
    return new AppError("platform-unavailable", `WhatsApp ${what}.`, { retryable: true, remedy });
}

/** What was to be done is not wanted any more. */
export function cancelled(): AppError {
    return new AppError("aborted", "The request to WhatsApp was cancelled.");
}

/** There is nobody who could be written to. */
export function nobodyThere(): AppError {
    return new AppError("patient-unreachable", "The patient cannot be reached on WhatsApp.", {
        remedy: "The patient's number is no longer on WhatsApp, or has been blocked on the clinic's phone.",
    });
}

/**
 * The product's error for a request to the page that failed. The words of the page and the library
 * can quote what a patient wrote: they are kept as the cause alone, which is never logged as it is.
 */
export function translateFailure(cause: unknown): AppError {
    if (cause instanceof AppError) return cause;
    return new AppError("platform-unavailable", "WhatsApp Web did not do what it was asked.", {
        retryable: true,
        remedy: `${remedy} If the phone is linked, WhatsApp Web may have changed: see "Versions of WhatsApp Web" in docs/whatsapp-web.md.`,
        cause,
    });
}
