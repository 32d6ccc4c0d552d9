/** The JSON Schema of clinic.yaml, with which editors complete and check it. */
import { z } from "zod";
import { promptNames } from "../prompt/prompt-names.ts";
import { clinicFileSchema } from "./clinic-file.ts";
import { withSharedWording } from "./notice-schema.ts";
import { explainNotice } from "./notice-settings.ts";
import { readExplanations } from "./setting-explanations.ts";

/** A schema of JSON Schema, draft 7, which is what editors of YAML understand best. */
type Node = z.core.JSONSchema.BaseSchema;
type Explain = (path: readonly string[]) => string | undefined;

/**
 * Makes the JSON Schema of clinic.yaml. It accepts everything that the program accepts; what cannot be
 * told from one value alone (hours, time zones, patients' numbers), the program checks in addition.
 *
 * @param example The text of clinic.example.yaml, which explains every setting.
 */
export function clinicJsonSchema(example: string): object {
    const explained = readExplanations(example);
    const explain: Explain = (path) => {
        const notice = promptNames.find((name) => path.join(".") === `notices.${name}`);
        return notice === undefined ? explained(path) : explainNotice(notice);
    };
    const root = z.toJSONSchema(clinicFileSchema, {
        io: "input",
        target: "draft-7",
        override: ({ zodSchema, jsonSchema }) => {
            if (zodSchema instanceof z.ZodString) describeText(zodSchema, jsonSchema);
            if (!(zodSchema instanceof z.ZodObject)) describeExpected(zodSchema, jsonSchema);
        },
    });
    const { $schema, ...rest } = root;
    return {
        $schema,
        title: "clinic.yaml of BiMediX2 Chat",
        description: "The settings of a clinic. docs/configuration.md explains them.",
        ...orNothing(withSharedWording(described(rest, [], explain))),
    };
}

/** Editors show it in place of their own words, which would quote patterns. */
function describeExpected(schema: z.core.$ZodType, node: Node): void {
    const [issue] = z.safeParse(schema, undefined).error?.issues ?? [];
    if (issue) node["errorMessage"] = `It must be ${issue.message}.`;
}

/** A number without quotes is taken as it is written, and white space around a text is taken away. */
function describeText(schema: z.ZodString, node: Node): void {
    const checks = (schema.def.checks ?? []).map(({ _zod: { def } }) => def);
    const isTrimmed = checks.some(({ check }) => check === "overwrite");
    const space = isTrimmed ? "\\s*" : "";
    const patterns = checks.flatMap((def) =>
        "pattern" in def && def.pattern instanceof RegExp
            ? [def.pattern.source.replace(/^\^(.*)\$$/s, `^${space}$1${space}$`)]
            : [],
    );
    const { minLength, maxLength } = schema;
    const most = maxLength === null ? "" : String(maxLength - 1);
    const length = minLength === 1 ? [`^${space}\\S[\\s\\S]{0,${most}}${space}$`] : [];
    const [only = "", ...more] = [...length, ...patterns];
    for (const name of ["allOf", "minLength", "maxLength", "pattern"] as const) {
        Reflect.deleteProperty(node, name);
    }
    // Zod's types know one type of a node only.
    Object.assign(node, { type: ["string", "number"] });
    if (only !== "") {
        node.pattern = more.length === 0 ? only : [only, ...more].map(ahead).join("");
    }
}

function ahead(pattern: string): string {
    return `(?=${pattern})`;
}

/** The node and all within it, with titles and explanations; sections keep no default of their own. */
function described(node: Node, path: readonly string[], explain: Explain): Node {
    const { properties, required = [], ...rest } = node;
    if (!properties) return rest;
    const { default: byDefault, ...section } = rest;
    return {
        ...section,
        ...(byDefault === undefined || isEmpty(byDefault) ? {} : { default: byDefault }),
        properties: Object.fromEntries(
            Object.entries(properties).flatMap(([name, inner]) => {
                if (typeof inner === "boolean") return [];
                const at = [...path, name];
                const child = described(inner, at, explain);
                const description = explanationOf(at, explain);
                return [
                    [
                        name,
                        {
                            title: at.join("."),
                            ...(description === undefined ? {} : { description }),
                            ...(required.includes(name) ? child : orNothing(child)),
                        },
                    ],
                ];
            }),
        ),
        ...(required.length === 0 ? {} : { required }),
    };
}

/** The languages of a text of the clinic's own are explained once. */
function explanationOf(path: readonly string[], explain: Explain): string | undefined {
    const name = path.at(-1) ?? "";
    return (
        explain(path) ?? (/^(?:en|ar)$/.test(name) ? explain(["clinic", "name", name]) : undefined)
    );
}

function isEmpty(value: unknown): boolean {
    return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** A setting with nothing behind its colon counts as not set. */
function orNothing(node: Node): Node {
    if (node.anyOf) {
        // What is said of the whole names the alternatives already.
        const either = node.anyOf.map((one) => ({ ...one, errorMessage: undefined }));
        return { ...node, anyOf: [...either, { type: "null" }] };
    }
    return {
        ...node,
        type: [node.type ?? [], "null"].flat() as unknown as "null",
        ...(node.enum ? { enum: [...node.enum, null] } : {}),
    };
}
