import type { MemoryPlan } from "../../adapters/llama/memory-request.ts";

/** What one check of `doctor` found. */
export interface Finding {
    /** `notice`: works, but not as well as it could, or not set up. */
    readonly state: "ok" | "notice" | "fault";
    readonly text: string;
    readonly remedy?: string;
    /** How the memory would be divided, for machines. */
    readonly plan?: MemoryPlan & { readonly freeBytes: number };
}
