/** What one check of `doctor` found. */
export interface Finding {
    /** `notice`: works, but not as well as it could, or not set up. */
    readonly state: "ok" | "notice" | "fault";
    readonly text: string;
    readonly remedy?: string;
}
