import { readProjector } from "../../adapters/llama/vision-projector.ts";
import type { Config } from "../config.ts";
import type { Finding } from "./finding.ts";

/**
 * Whether the model sees pictures in this program, and with which file.
 *
 * @throws `projector-missing`, `projector-invalid`.
 */
export async function inspectProjector({ model }: Config): Promise<Finding> {
    if (model.server !== undefined) return { state: "ok", text: "the server's own" };
    if (model.projectorPath === undefined) return withoutEyes(model.profileWithPictures);
    const { imageSide, imageTokens } = await readProjector(model.projectorPath);
    const text = `${imageSide} × ${imageSide} pixels, ${imageTokens} positions`;
    if (model.imageTokens === undefined || model.imageTokens === imageTokens) {
        return { state: "ok", text };
    }
    return {
        state: "fault",
        text: `${text}, but this model takes ${model.imageTokens}: the file belongs to another model.`,
        remedy: "Set model.projector in clinic.yaml to the file that was made for this model.",
    };
}

function withoutEyes(profileWithPictures: string | undefined): Finding {
    const text = "none: this model answers text alone in this program.";
    if (profileWithPictures === undefined) {
        return {
            state: "notice",
            text,
            remedy: "For pictures, choose another model: bimedix2 pull shows which of them see.",
        };
    }
    return {
        state: "notice",
        text,
        remedy: `It sees pictures on a server: profile ${profileWithPictures}, as docs/models.md says.`,
    };
}
