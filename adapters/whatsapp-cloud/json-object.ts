/** A JSON object of unknown form. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object, if it is one. */
export function asObject(value: unknown): JsonObject | undefined {
    return typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as JsonObject)
        : undefined;
}

/** The object under this name. */
export function objectIn(object: JsonObject | undefined, name: string): JsonObject | undefined {
    return asObject(object?.[name]);
}

/** The objects in the list under this name; none where there is no list. */
export function objectsIn(object: JsonObject | undefined, name: string): JsonObject[] {
    const list: unknown = object?.[name];
    if (!Array.isArray(list)) return [];
    return list.map(asObject).filter((item) => item !== undefined);
}

/** The text under this name, unless it is empty. */
export function textIn(object: JsonObject | undefined, name: string): string | undefined {
    const text = object?.[name];
    return typeof text === "string" && text !== "" ? text : undefined;
}
