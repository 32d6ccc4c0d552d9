const marks = /\*{1,3}|__|~~|`+/g;

/**
 * A line of Markdown without the marks of emphasis and code that have lost their other half. Lines
 * that were whole before stay as they are.
 */
export function balanceMarks(line: string): string {
    const lonely: { readonly at: number; readonly mark: string }[] = [];
    const open = new Map<string, number>();
    for (const { 0: mark, index } of line.matchAll(marks)) {
        const before = line.charAt(index - 1);
        const after = line.charAt(index + mark.length);
        const mayOpen = /\S/.test(after);
        const mayClose = /\S/.test(before);
        const opened = open.get(mark);
        if (opened !== undefined && mayClose) open.delete(mark);
        else if (
            opened === undefined &&
            mayOpen &&
            (!mayClose || !/[\p{L}\p{N}.!?؟]/u.test(before))
        ) {
            open.set(mark, index);
        } else if (mayOpen || mayClose) lonely.push({ at: index, mark });
    }
    lonely.push(...[...open].map(([mark, at]) => ({ at, mark })));
    let text = line;
    for (const { at, mark } of lonely.sort((a, b) => b.at - a.at)) {
        text = text.slice(0, at) + text.slice(at + mark.length);
    }
    return text.trim() === "" ? "" : text;
}
