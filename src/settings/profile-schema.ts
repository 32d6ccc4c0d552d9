import { z } from "zod";
import { decimalNumber, line, oneOf, section, wholeNumber, yesOrNo } from "./setting-types.ts";

const serverAddress =
    "the address of a server up to its version, like http://127.0.0.1:8000/v1, without a key in it";
const fileAddress =
    "the address of a file: https://…, or hf:ACCOUNT/REPOSITORY/FILE for one on Hugging Face";
const checksum = "the file's SHA-256: 64 digits and letters from a to f";

/** Where a file is published. */
const downloadSchema = section({
    address: z.string(fileAddress).refine(isFileAddress, fileAddress),
    /** Absent: what the address itself says, where it says it. */
    sha256: z
        .string(checksum)
        .regex(/^[0-9a-f]{64}$/, checksum)
        .optional(),
    bytes: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
    /** Of this file, where it is another one than the model's. */
    licence: line(200).optional(),
});

/** How the files are made from a checkpoint on Hugging Face. */
const conversionSchema = section({
    checkpoint: line(200),
    /** What `architectures` in the checkpoint's config.json must name, where it names another. */
    architecture: line(100).optional(),
    /** The vision tower that the projector was trained with. */
    visionTower: line(200).optional(),
});

/** What a file of models/ says about a model. */
export const profileSchema = section({
    name: line(100),
    /** Which it was made for, as BCP 47 says them. */
    languages: z.array(line(35), "a list of languages, like [ar, en]").default([]),
    /** For example `8 billion`. */
    parameters: line(40).optional(),
    /** Relative to the folder of the configuration, then to the product's own. */
    files: section({
        model: line(300),
        projector: line(300).optional(),
        /** What the projector makes of a picture. */
        imageTokens: wholeNumber(1, 16_384).optional(),
    }).optional(),
    /** In place of the files: where the model answers. */
    server: section({
        url: z.string(serverAddress).refine(isServerAddress, serverAddress),
        model: line(200),
        /** Pixels; absent: the model sees no pictures. */
        imageSide: wholeNumber(28, 2048).optional(),
        imageTokens: wholeNumber(1, 16_384).optional(),
    }).optional(),
    /** The profile of a server on which the same model sees pictures; it does not in this program. */
    profileWithPictures: line(100).optional(),
    /** The profile of a smaller model with the same tokens, which guesses how answers go on. */
    draft: line(100).optional(),
    downloads: section({
        model: downloadSchema.optional(),
        projector: downloadSchema.optional(),
    }).optional(),
    conversion: conversionSchema.optional(),
    demonstration: yesOrNo().default(false),
    template: oneOf("llama3", "mistral", "chatml", "gemma", "huatuo", "apollo", "gguf").default(
        "llama3",
    ),
    /** Texts of special tokens that end an answer, besides those that the model's file names. */
    stopTokens: z.array(line(100), "a list of special tokens, like [<|eot_id|>]").default([]),
    contextTokens: wholeNumber(512, 131_072),
    maxAnswerTokens: wholeNumber(16, 8192),
    temperature: decimalNumber(0, 2),
    topP: decimalNumber(0.01, 1).default(1),
    licence: section({
        name: line(100),
        notice: line(300),
        url: line(300),
        mustBeAccepted: yesOrNo(),
    }),
    sources: z.array(line(300), "a list of addresses").default([]),
});

/** A model's own data: what it is, where its files lie, how it is asked. */
export type ModelProfile = z.output<typeof profileSchema>;

/** Where a file of a model is published. */
export type ModelDownload = z.output<typeof downloadSchema>;

/** How a model's files are made. */
export type ModelConversion = z.output<typeof conversionSchema>;

/** Paths are written behind it, and a key would be readable by everybody. */
function isServerAddress(text: string): boolean {
    if (!URL.canParse(text) || /[?#]/.test(text)) return false;
    const { protocol, hostname, username, password } = new URL(text);
    const isHttp = protocol === "http:" || protocol === "https:";
    return isHttp && hostname !== "" && username === "" && password === "";
}

function isFileAddress(text: string): boolean {
    if (/^hf:[\w.-]+\/[\w.-]+(?:\/[\w.-]+)+$/.test(text)) return true;
    return URL.canParse(text) && ["https:", "http:"].includes(new URL(text).protocol);
}
