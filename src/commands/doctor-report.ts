import { homedir } from "node:os";
import { isAppError } from "../errors.ts";
import type { Finding } from "./finding.ts";

/** Collects what checks find. */
export interface Report {
    /** Makes a check and prints what it finds; a check that fails is a fault. */
    check(name: string, examine: () => Promise<Finding>): Promise<void>;
    /** What was found so far, in the order of the checks. */
    readonly findings: readonly NamedFinding[];
}

/** What the check of a name has found. */
export type NamedFinding = Finding & { readonly check: string };

/**
 * A report whose lines are given to `print`.
 *
 * @param show What may be read of a finding.
 */
export function createReport(
    show: (name: string, finding: Finding) => Finding,
    print: (line: string) => void,
): Report {
    const findings: NamedFinding[] = [];
    const marks = { ok: "ok    ", notice: "notice", fault: "FAULT " } as const;
    return {
        check: async (name, examine) => {
            const found = await examine().catch((error: unknown): Finding => asFinding(error));
            const finding = show(name, found);
            findings.push({ check: name, ...finding });
            const { state, text, remedy } = finding;
            const advice = remedy === undefined ? "" : ` What to do: ${remedy}`;
            print(`${marks[state]}  ${name.padEnd(14)}${text}${advice}\n`);
        },
        findings,
    };
}

/** Checks whose findings name the clinic's accounts, groups and numbers. */
const namingChecks: ReadonlySet<string> = new Set(["Telegram", "WhatsApp", "staff"]);

/** What a stranger may read of a finding. */
export function withoutNames(name: string, { state, text, remedy, plan }: Finding): Finding {
    const shown = namingChecks.has(name) ? "(not shown)" : withoutPlaces(text);
    return {
        state,
        text: shown,
        ...(remedy === undefined ? {} : { remedy: withoutPlaces(remedy) }),
        ...(plan === undefined ? {} : { plan }),
    };
}

function withoutPlaces(text: string): string {
    return text
        .replaceAll(process.cwd(), ".")
        .replaceAll(homedir(), "~")
        .replaceAll(/\/\/[^\s/]*@/g, "//…@");
}

/** A failure as what a check has found. */
export function asFinding(error: unknown): Finding {
    if (!isAppError(error)) {
        const text = error instanceof Error ? error.message : String(error);
        return { state: "fault", text: `The check itself failed: ${text}` };
    }
    return {
        state: "fault",
        text: error.message,
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    };
}
