import type { EnvironmentFile } from "./environment-file.ts";
import { type Fault, nearest } from "./faults.ts";
import { isShowable } from "./secrets.ts";

/** A variable that the program does not know, and what to say of it. */
export interface UnknownVariable {
    readonly name: string;
    readonly fault: Fault;
}

/** Variables that look like slips for one of the program's own. */
export function unknownVariables(
    environment: Readonly<Record<string, string | undefined>>,
    { variables }: EnvironmentFile,
    known: readonly string[],
): readonly UnknownVariable[] {
    const inEnvironment = Object.keys(environment)
        // Only our own prefix is ours to judge there.
        .filter((name) => name.startsWith("BIMEDIX2_") && !known.includes(name))
        .sort()
        .map((name) => ({ name, place: { file: "environment" } }));
    // The file .env is ours: a name that resembles one of ours is a slip.
    const inFile = [...variables]
        .filter(
            ([name]) =>
                !known.includes(name) && (ours.test(name) || nearest(name, known) !== undefined),
        )
        .map(([name, { place }]) => ({ name, place }));
    return [...inEnvironment, ...inFile].map(({ name, place }) => ({
        name,
        fault: { ...place, message: unknownVariable(name, known) },
    }));
}

const ours = /^(BIMEDIX2|TELEGRAM|WHATSAPP|STAFF|REDIS)_/i;

function unknownVariable(name: string, known: readonly string[]): string {
    const meant = nearest(name, known);
    const subject = isShowable(name) ? name : "This";
    const advice =
        meant === undefined ? `Possible: ${known.join(", ")}.` : `Did you mean ${meant}?`;
    return `${subject} is not a variable of this program. ${advice}`;
}
