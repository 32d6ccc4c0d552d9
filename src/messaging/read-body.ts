/**
 * The bytes of a download. The rest is not downloaded when there are more than `maxBytes`.
 *
 * @param tooLarge Gives the error to throw then.
 */
export async function readBody(
    body: AsyncIterable<Uint8Array>,
    maxBytes: number,
    tooLarge: () => Error,
): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    // Leaving the loop cancels the rest.
    for await (const chunk of body) {
        size += chunk.length;
        if (size > maxBytes) throw tooLarge();
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}
