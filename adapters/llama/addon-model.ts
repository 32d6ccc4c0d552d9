import type { LlamaModel } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import { supportedNodeLlamaCpp } from "./companion-inputs.ts";

/**
 * The native model behind node-llama-cpp's. This file alone touches a private member of the library;
 * companion-inputs.ts holds the one version that it was read in.
 *
 * @throws `companion-unavailable` with another version.
 */
export function addonModel(model: LlamaModel): object {
    // oxlint-disable-next-line no-underscore-dangle -- node-llama-cpp writes its private members so
    const inner = (model as unknown as { readonly _model?: object })._model;
    if (inner?.constructor.name === "AddonModel") return inner;
    throw new AppError(
        "companion-unavailable",
        `The loaded node-llama-cpp is not the version ${supportedNodeLlamaCpp} that the companion needs.`,
        { remedy: "Run `npm ci` in the program's folder to install the right version." },
    );
}
