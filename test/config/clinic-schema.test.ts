/** clinic.schema.json, as editors use it: beside clinic.yaml, by a validator that is not ours. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { packageRoot } from "../../src/package-root.ts";
import { promptNames, promptRules } from "../../src/prompt/prompt-names.ts";
import { clinicFileSchema } from "../../src/settings/clinic-file.ts";
import { clinicJsonSchema } from "../../src/settings/clinic-schema.ts";
import { readExplanations } from "../../src/settings/setting-explanations.ts";
import { clinicSettingNames, clinicSettingPaths } from "../../src/settings/setting-names.ts";
import { settingPaths, validate } from "../../src/settings/validate.ts";
import { readYaml } from "../../src/settings/yaml-file.ts";
import { brokenConfigurations } from "./broken-configurations.ts";
import { badFiles, goodFiles, probes, textProbes } from "./schema-samples.ts";

const shipped = (name: string): string => readFileSync(join(packageRoot(), name), "utf8");
const example = shipped("clinic.example.yaml");
const schema = JSON.parse(shipped("clinic.schema.json")) as SchemaNode;

interface SchemaNode {
    readonly title?: string;
    readonly description?: string;
    readonly pattern?: string;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly properties?: Readonly<Record<string, SchemaNode>>;
}

// Not a number is a number to YAML, and to editors.
const ajv = new Ajv({ allErrors: true, strictNumbers: false, allowUnionTypes: true });
ajv.addKeyword("errorMessage");
const check = ajv.compile(schema);
const editorAccepts = (text: string): boolean => check(parse(text, { logLevel: "silent" }));

function programAccepts(text: string): boolean {
    const document = readYaml(text, "clinic.yaml");
    const { faults } = validate(clinicFileSchema, document);
    return document.faults.length === 0 && faults.length === 0;
}

function nodeAt(path: readonly string[]): SchemaNode | undefined {
    return path.reduce<SchemaNode | undefined>((node, name) => node?.properties?.[name], schema);
}

test("clinic.schema.json is up to date; else run: npm run schema", () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(clinicJsonSchema(example))));
});

test("every setting has its path for a title and is explained as in clinic.example.yaml", () => {
    const words = (text: string): string => text.replaceAll(/[#\s]+/g, " ");
    for (const path of clinicSettingPaths()) {
        const { title, description = "" } = nodeAt(path) ?? {};
        expect(title).toBe(path.join("."));
        expect(description, title).toMatch(/.\.\)?$/);
        expect(words(example), title).toContain(words(description));
    }
    expect(nodeAt(["model", "gpu"])).toEqual({
        title: "model.gpu",
        description:
            "What computes: auto (the best that is found), cuda (NVIDIA), vulkan, metal (Apple) or cpu.",
        default: "auto",
        type: ["string", "null"],
        enum: ["auto", "cuda", "vulkan", "metal", "cpu", null],
        errorMessage: "It must be auto, cuda, vulkan, metal or cpu.",
    });
    expect(nodeAt(["images", "maxMegabytes"])).toMatchObject({
        default: 20,
        type: ["integer", "null"],
        minimum: 1,
        maximum: 200,
    });
});

test.each(clinicSettingNames())(
    "%s is explained for editors, and in clinic.example.yaml",
    (name) => {
        const path = name.split(".");
        expect(nodeAt(path)?.description ?? "").not.toBe("");
        expect(readExplanations(example)(path) ?? "").not.toBe("");
    },
);

test("every text that can be worded says what its words in braces may be", () => {
    for (const name of promptNames) {
        const { title, description = "" } = nodeAt(["notices", name]) ?? {};
        expect(title).toBe(`notices.${name}`);
        for (const placeholder of promptRules[name].placeholders) {
            expect(description, name).toContain(`{${placeholder}}`);
        }
    }
});

test("clinic.example.yaml names the schema, and is accepted", () => {
    expect(example.split("\n")[0]).toBe("# yaml-language-server: $schema=./clinic.schema.json");
    expect(editorAccepts(example)).toBe(true);
});

describe("the schema and the program", () => {
    test.each(goodFiles)("both accept: %s", (text) => {
        expect([programAccepts(text), editorAccepts(text)]).toEqual([true, true]);
    });

    test.each(badFiles)("both refuse: %s", (text) => {
        expect([programAccepts(text), editorAccepts(text)]).toEqual([false, false]);
    });

    test("agree on every value of every setting, but for what one value cannot tell", () => {
        const lax = new Set<string>();
        const paths = settingPaths(clinicFileSchema).filter(
            ([section, name]) => section !== "notices" || name === undefined || name === "welcome",
        );
        for (const path of paths) {
            for (const probe of probesFor(nodeAt(path))) {
                const text = fileWith(path, probe);
                const accepted = programAccepts(text);
                if (accepted) expect(editorAccepts(text), text).toBe(true);
                else if (editorAccepts(text) && !text.includes("😀")) lax.add(path.join("."));
            }
        }
        // The program checks these further: numbers as they are written, ids, hours, time zones.
        // JSON Schema counts characters, the program counts as JavaScript does.
        expect([...lax].sort()).toEqual([
            "access.allow",
            "access.block",
            "admins",
            "clinic.hours.friday",
            "clinic.hours.monday",
            "clinic.hours.saturday",
            "clinic.hours.sunday",
            "clinic.hours.thursday",
            "clinic.hours.tuesday",
            "clinic.hours.wednesday",
            "clinic.timeZone",
            "localPage.password",
            "localPage.publicAddress",
            "model.apiKey",
            "platforms.telegram.token",
            "platforms.whatsappCloud.accessToken",
            "platforms.whatsappCloud.appSecret",
            "platforms.whatsappCloud.path",
            "platforms.whatsappCloud.phoneNumberIds",
            "platforms.whatsappCloud.verifyToken",
            "platforms.whatsappWeb.phoneNumber",
            "staff.hours.friday",
            "staff.hours.monday",
            "staff.hours.saturday",
            "staff.hours.sunday",
            "staff.hours.thursday",
            "staff.hours.timeZone",
            "staff.hours.tuesday",
            "staff.hours.wednesday",
            "staff.listen.path",
            "staff.telegramGroup",
            "staff.webhook",
            "staff.webhookSecret",
        ]);
    }, 240_000);

    test("accept together what the program's other tests break elsewhere", () => {
        const texts = brokenConfigurations.flatMap(({ files: { "clinic.yaml": file } }) =>
            typeof file === "string" && readYaml(file, "").understood ? [file] : [],
        );
        const accepted = texts.filter(programAccepts);
        expect(accepted.length).toBeGreaterThan(5);
        for (const text of accepted) expect(editorAccepts(text), text).toBe(true);
    });
});

/** Values of all kinds, and those right within and right beyond what the setting accepts. */
function probesFor(node: SchemaNode = {}): readonly string[] {
    const { pattern, minimum = 0, maximum = 0 } = node;
    const edges = [minimum, maximum].flatMap((edge) => [edge - 1, edge - 0.001, edge, edge + 1]);
    return [...probes, ...edges.map(String), ...(pattern === undefined ? [] : textProbes)];
}

/** A clinic.yaml that says one thing; a text in one language needs the other. */
function fileWith(path: readonly string[], value: string): string {
    const [name = "", ...outer] = path.toReversed();
    const sibling = { en: "ar", ar: "en" }[name];
    const holder = { [name]: "PROBE", ...(sibling === undefined ? {} : { [sibling]: "x" }) };
    const file = outer.reduce<unknown>((inner, section) => ({ [section]: inner }), holder);
    return stringify(file).replace("PROBE", value);
}
