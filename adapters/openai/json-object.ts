/** A JSON object of unknown form. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object, if it is one. */
export function asObject(value: unknown): JsonObject | undefined {
    return typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as JsonObject)
        : undefined;
}

/** The JSON object that a text is, if it is one. */
export function parseObject(text: string): JsonObject | undefined {
    try {
        return asObject(JSON.parse(text));
    } catch {
        return undefined;
    }
}

/** The objects in a list; none where there is no list. */
export function objectsIn(list: unknown): JsonObject[] {
    if (!Array.isArray(list)) return [];
    return list.map(asObject).filter((item) => item !== undefined);
}

/** The text under this name, unless it is empty. */
export function textIn(object: JsonObject | undefined, name: string): string | undefined {
    const text = object?.[name];
    return typeof text === "string" && text !== "" ? text : undefined;
}

/** The number of things under this name: 0 or more, and whole. */
export function countIn(object: JsonObject | undefined, name: string): number | undefined {
    const count = object?.[name];
    return typeof count === "number" && Number.isSafeInteger(count) && count >= 0
        ? count
        : undefined;
}
