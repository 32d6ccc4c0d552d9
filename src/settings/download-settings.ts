/** Where Hugging Face is, and who asks there. */
export interface HubSettings {
    /** With a slash at the end. */
    readonly address: string;
    readonly token?: string;
}

/** The names are those of Hugging Face's own programs. */
export function hubSettings(
    environment: Readonly<Record<string, string | undefined>>,
): HubSettings {
    const { HF_ENDPOINT: endpoint, HF_TOKEN: token } = environment;
    const address = endpoint && URL.canParse(endpoint) ? endpoint : "https://huggingface.co";
    return {
        address: `${address.replace(/\/+$/, "")}/`,
        ...(token ? { token: token.trim() } : {}),
    };
}
