/** How many tokens two sequences have in common, from the beginning. */
export function sharedLength(one: readonly number[], other: readonly number[]): number {
    const most = Math.min(one.length, other.length);
    let length = 0;
    while (length < most && one[length] === other[length]) length++;
    return length;
}
