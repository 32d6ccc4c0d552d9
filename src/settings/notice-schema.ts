import type { z } from "zod";

/** A schema of JSON Schema. */
type Node = z.core.JSONSchema.BaseSchema;

/** All wordings of texts are alike: a JSON Schema of clinic.yaml that describes them once. */
export function withSharedWording({ properties = {}, ...root }: Node): Node {
    const { notices } = properties;
    const { properties: names = {}, ...section } = nodeOf(notices);
    const [{ title: _title, description: _description, ...wording } = {}] =
        Object.values(names).map(nodeOf);
    const shared = Object.entries(names).map(([name, node]) => {
        const { title = "", description = "" } = nodeOf(node);
        return [name, { title, description, allOf: [{ $ref: "#/definitions/wording" }] }];
    });
    return {
        ...root,
        properties: {
            ...properties,
            notices: { ...section, properties: Object.fromEntries(shared) },
        },
        definitions: { wording: { ...wording, properties: withoutTitles(wording.properties) } },
    };
}

function withoutTitles(properties: Node["properties"] = {}): NonNullable<Node["properties"]> {
    return Object.fromEntries(
        Object.entries(properties).map(([name, node]) => {
            const { title: _title, ...rest } = nodeOf(node);
            return [name, rest];
        }),
    );
}

function nodeOf(node: Node | boolean | undefined): Node {
    return typeof node === "object" ? node : {};
}
