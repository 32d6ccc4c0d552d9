import { AppError, type PlacedFault } from "../errors.ts";

/** Where something stands in a file that the administrator edits. */
export type Place = Omit<PlacedFault, "message">;

/** Something wrong in the configuration. Never tells a secret or a text value. */
export type Fault = PlacedFault;

/** All faults as one `config-invalid`, in the order of the files and their lines. */
export function configInvalid(faults: readonly Fault[]): AppError {
    const files = [...new Set(faults.map(({ file }) => file))];
    const sorted = faults.toSorted(
        (one, other) =>
            files.indexOf(one.file) - files.indexOf(other.file) ||
            (one.line ?? 0) - (other.line ?? 0) ||
            (one.column ?? 0) - (other.column ?? 0),
    );
    const byLine = new Map(sorted.map((fault) => [describeFault(fault), fault]));
    const title =
        byLine.size === 1
            ? "There is a fault in the configuration:"
            : `There are ${byLine.size} faults in the configuration:`;
    return new AppError("config-invalid", [title, ...byLine.keys()].join("\n  "), {
        remedy: "Correct these places and start again; docs/configuration.md explains every setting.",
        faults: [...byLine.values()],
    });
}

/** A fault with its place, for people. */
export function describeFault(fault: Fault): string {
    return `${describePlace(fault)}: ${fault.message}`;
}

function describePlace({ file, line, column }: Place): string {
    return [
        file,
        ...(line === undefined ? [] : [`line ${line}`]),
        ...(column === undefined ? [] : [`column ${column}`]),
    ].join(", ");
}

/** The candidate that was probably meant, if one is close enough. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
    const wanted = simplified(word);
    const [best] = candidates
        .map((candidate) => ({ candidate, distance: editDistance(wanted, simplified(candidate)) }))
        .filter(
            ({ candidate: { length }, distance }) =>
                // Half of a code of two letters is another code.
                distance <= (length < 3 ? 0 : Math.max(1, Math.floor(length / 4))),
        )
        .sort((one, other) => one.distance - other.distance);
    return best?.candidate;
}

function simplified(word: string): string {
    return word
        .slice(0, 60)
        .toLowerCase()
        .replaceAll(/[\s_-]/g, "");
}

/** Levenshtein distance, with two swapped neighbours as one slip. */
function editDistance(one: string, other: string): number {
    const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)];
    for (let row = 1; row <= one.length; row += 1) {
        const current = [row];
        for (let column = 1; column <= other.length; column += 1) {
            const same = one[row - 1] === other[column - 1];
            const swapped =
                one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
            current.push(
                Math.min(
                    (current[column - 1] ?? 0) + 1,
                    (rows[row - 1]?.[column] ?? 0) + 1,
                    (rows[row - 1]?.[column - 1] ?? 0) + (same ? 0 : 1),
                    swapped ? (rows[row - 2]?.[column - 2] ?? 0) + 1 : Infinity,
                ),
            );
        }
        rows.push(current);
    }
    return rows.at(-1)?.at(-1) ?? 0;
}
