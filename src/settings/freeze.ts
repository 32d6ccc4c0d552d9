/** A type whose properties that may be undefined are absent instead. */
export type Present<Value> = Value extends string | number | boolean | readonly unknown[]
    ? Value
    : {
          [Name in keyof Value as undefined extends Value[Name] ? never : Name]: Present<
              Value[Name]
          >;
      } & {
          [Name in keyof Value as undefined extends Value[Name] ? Name : never]?: Present<
              Exclude<Value[Name], undefined>
          >;
      };

/** A copy of plain data, frozen throughout, in which what is undefined is absent. */
export function frozenCopy<Value>(value: Value): Present<Value> {
    if (typeof value !== "object" || value === null) return value as Present<Value>;
    const copy = Array.isArray(value)
        ? value.map(frozenCopy)
        : Object.fromEntries(
              Object.entries(value)
                  .filter(([, inner]) => inner !== undefined)
                  .map(([name, inner]) => [name, frozenCopy(inner)]),
          );
    return Object.freeze(copy) as Present<Value>;
}
