/** Whether two cache keys are the same one, or both are absent. */
export function areSameKey(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
    if (left === undefined || right === undefined) return left === right;
    return Buffer.compare(left, right) === 0;
}
