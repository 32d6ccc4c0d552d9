import { readCode, takeCode } from "./case-code.ts";

/** What the clinic's people mean with a message in their room. The code is absent where there is none. */
export type StaffCommand =
    /** To be passed on to the patient. */
    | { readonly kind: "answer"; readonly code?: string; readonly text: string }
    /** The assistant is to go on. */
    | { readonly kind: "done"; readonly code?: string }
    /** Which cases are open. */
    | { readonly kind: "open" };

const command = /^\/(done|reply|open)(?:@\w+)?(?![\w@])\s*/i;

/**
 * Reads what somebody of the clinic wrote. A code in the command goes before that of the note which
 * the message replies to; beneath such a note it must have its sign.
 *
 * @param note The whole text of that note.
 */
export function readStaffMessage(text: string, note: string | undefined): StaffCommand {
    const words = text.trim();
    const quoted = note === undefined ? undefined : readCode(note);
    const [whole = "", name] = command.exec(words) ?? [];
    if (name === undefined) return { kind: "answer", ...withCode(quoted), text: words };
    const argument = words.slice(whole.length);
    const named = takeCode(argument, quoted === undefined ? "optional" : "needed");
    const chosen = withCode(named?.code ?? quoted);
    switch (name.toLowerCase()) {
        case "done":
            return { kind: "done", ...chosen };
        case "open":
            return { kind: "open" };
        default:
            return { kind: "answer", ...chosen, text: named?.rest ?? argument };
    }
}

function withCode(code: string | undefined): { readonly code?: string } {
    return code === undefined ? {} : { code };
}
