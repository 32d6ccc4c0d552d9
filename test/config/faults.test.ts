import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { AppError } from "../../src/errors.ts";
import { clinicFileSchema } from "../../src/settings/clinic-file.ts";
import { settingPaths } from "../../src/settings/validate.ts";
import { brokenClinicFiles } from "./broken-clinic-files.ts";
import { brokenConfigurations } from "./broken-configurations.ts";
import { brokenReferences } from "./broken-references.ts";
import { configOf, type Files } from "./clinic-folder.ts";

function faultOf(files: Files, environment: Readonly<Record<string, string>> = {}): AppError {
    try {
        configOf(files, environment);
    } catch (error) {
        if (error instanceof AppError) return error;
        throw error;
    }
    throw new Error("The configuration was accepted.");
}

describe("a broken configuration", () => {
    test.each([...brokenConfigurations, ...brokenClinicFiles, ...brokenReferences])(
        "$name",
        ({ files, environment, faults }) => {
            const error = faultOf(files, environment);
            const title =
                faults.length === 1
                    ? "There is a fault in the configuration:"
                    : `There are ${faults.length} faults in the configuration:`;
            expect(error.message.split("\n  ")).toEqual([title, ...faults]);
            expect(error).toMatchObject({
                code: "config-invalid",
                retryable: false,
                remedy: "Correct these places and start again; docs/configuration.md explains every setting.",
            });
        },
    );
});

/** Any value that YAML can hold, with a preference for what our settings are made of. */
const anyValue = fc.letrec((tie) => ({
    value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, false, "auto", "en", "demo", "cpu", -1, 0, 1, 20, 1e300, NaN),
        fc.string({ unit: "binary" }),
        fc.double(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(
            fc.oneof(
                fc.constantFrom(...settingPaths(clinicFileSchema).map((path) => path.at(-1) ?? "")),
                fc.constantFrom("__proto__", "constructor", "<<", ""),
                fc.string(),
            ),
            tie("value"),
            { maxKeys: 4 },
        ),
    ),
})).value;

/** A text with something wrong put in somewhere. */
const anyText = fc
    .tuple(
        anyValue.map((value) => stringify(value)),
        fc.nat(400),
        fc.constantFrom(
            "\t",
            "\0",
            "\u2028",
            "{",
            "]",
            "&a",
            "*a",
            "!x",
            "%",
            "'",
            '"',
            ": ",
            "- ",
        ),
    )
    .map(([text, at, slip]) => text.slice(0, at) + slip + text.slice(at));

function isAcceptedOrExplained(files: Files): void {
    try {
        configOf(files);
    } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ code: "config-invalid" });
    }
}

describe("any configuration", () => {
    test("with whatever values is accepted or explained", () => {
        fc.assert(
            fc.property(anyValue, (value) => {
                isAcceptedOrExplained({ "clinic.yaml": stringify(value) });
            }),
            { numRuns: 300, seed: 2 },
        );
    });

    test("that is not YAML, or no variables, is explained", () => {
        fc.assert(
            fc.property(anyText, fc.string({ unit: "binary" }), (text, variables) => {
                isAcceptedOrExplained({ "clinic.yaml": text, ".env": variables });
            }),
            { numRuns: 300, seed: 2 },
        );
    });

    test("never has its secrets told", () => {
        const secret = `987654321:${"Zz9_-".repeat(7)}`;
        const somewhere = fc.oneof(
            fc.constantFrom(...settingPaths(clinicFileSchema)),
            fc.array(fc.constantFrom("telegram", "token", "bot", secret), { minLength: 1 }),
        );
        fc.assert(
            fc.property(somewhere, fc.boolean(), (path, isQuoted) => {
                const value = isQuoted ? `"${secret}"` : secret;
                const lines = path.map((name, depth) => `${"  ".repeat(depth)}${name}:`);
                const { message } = faultOf({ "clinic.yaml": `${lines.join("\n")} ${value}\n` });
                expect(message).not.toContain("Zz9_-");
            }),
            { seed: 2 },
        );
        const names = ["REDIS_URL", "BIMEDIX2_CONFIG", "BIMEDIX2_LOG_LEVEL", "BIMEDIX2_TOKEN"];
        for (const name of names) {
            expect(faultOf({}, { [name]: secret }).message).not.toContain("Zz9_-");
            expect(faultOf({ ".env": `${name}=${secret}` }).message).not.toContain("Zz9_-");
        }
    });
});
