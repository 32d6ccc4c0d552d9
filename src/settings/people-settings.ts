/** Lists of people in clinic.yaml: who is served, and who administers. */
import type { z } from "zod";
import { accessEntryFault, parseAccessEntry } from "../safety/access/access-entry.ts";
import { line, listOf } from "./setting-types.ts";

/** Patients, as the access lists name them. */
export function patients() {
    return listOf(
        personOf(accessEntryFault),
        'a list of patients in brackets, like ["telegram:123456789", "whatsapp:+966501234567"]',
    );
}

/** Administrators, by their own chats. */
export function administrators() {
    return listOf(
        personOf(administratorFault),
        'a list of administrators in brackets, like ["telegram:123456789", "whatsapp:+966501234567"]',
    );
}

/** @param fault What is wrong with an entry, as the noun phrase behind "must be". */
function personOf(fault: (entry: string) => string | undefined): z.ZodString {
    return line(100).check((context) => {
        const message = fault(context.value);
        if (message !== undefined) {
            context.issues.push({ code: "custom", message, input: context.value });
        }
    });
}

const administrator =
    "the own chat of a person, as in telegram:123456789 or whatsapp:+966 50 123 4567: neither a group nor a number without its platform";

/** Groups would let all their members read and ask. */
function administratorFault(entry: string): string | undefined {
    const fault = accessEntryFault(entry);
    if (fault !== undefined) return fault;
    const { scope, identity } = parseAccessEntry(entry);
    const isGroup = identity.startsWith("-") || identity.endsWith("@g.us");
    return /^(?:telegram|whatsapp)/.test(scope) && !isGroup ? undefined : administrator;
}
