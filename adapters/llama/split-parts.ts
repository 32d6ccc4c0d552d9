/** The paths of all parts of a split model, in their order, from that of any; of another file, its own. */
export function splitParts(path: string): readonly [string, ...string[]] {
    const [ending, digits, count] = /-(\d{5})-of-(\d{5})\.gguf$/.exec(path) ?? [];
    if (ending === undefined || count === undefined) return [path];
    const [part, parts] = [Number(digits), Number(count)];
    if (part < 1 || part > parts) return [path];
    const start = path.slice(0, -ending.length);
    const pathOf = (number: number): string =>
        `${start}-${String(number).padStart(5, "0")}-of-${count}.gguf`;
    return [pathOf(1), ...Array.from({ length: parts - 1 }, (_, index) => pathOf(index + 2))];
}
