import { isModel, readServedModels } from "../../adapters/openai/model-server.ts";
import { serverReach } from "../../adapters/openai/server-reach.ts";
import type { Config } from "../config.ts";
import type { ModelServerConfig } from "../settings/resolve-model.ts";
import type { Finding } from "./finding.ts";

const timeoutMs = 10_000;
const shownModels = 5;

/**
 * Whether the model's server answers and has the model.
 *
 * @throws `model-failed` when it cannot be asked.
 */
export async function inspectModelServer(
    { model }: Config,
    server: ModelServerConfig,
): Promise<Finding> {
    const models = await readServedModels(server, timeoutMs);
    const found = models.find((served) => isModel(served, server.model));
    if (found === undefined) {
        const names = models.slice(0, shownModels).map(({ id }) => id);
        const more = models.length > shownModels ? " and others" : "";
        return {
            state: "fault",
            text: `The server ${host(server)} does not have the model ${server.model}.`,
            remedy:
                names.length === 0
                    ? "Start the server with the model; it has none."
                    : `Set server.model in the model's profile to one that it has: ${names.join(", ")}${more}.`,
        };
    }
    const sees = server.imageSide === undefined ? "without pictures" : "with pictures";
    const text = `${model.name}, on the server ${host(server)}, ${sees}`;
    const { contextTokens = Infinity } = found;
    const wanted = model.contextTokens === "auto" ? model.usualContextTokens : model.contextTokens;
    if (contextTokens >= wanted) return { state: "ok", text };
    return {
        state: "notice",
        text: `${text}: its context has only ${contextTokens} tokens.`,
        remedy: `Start the server with a context of ${wanted}, or set model.contextTokens in clinic.yaml to ${contextTokens}.`,
    };
}

/** Whether what patients write leaves this machine on its way to the model. */
export async function inspectModelPrivacy(server: ModelServerConfig): Promise<Finding> {
    const reach = await serverReach(server.url);
    if (reach === "this machine") {
        return { state: "ok", text: "messages and pictures stay on this machine" };
    }
    if (reach === "private network") {
        const text = `messages and pictures stay in the clinic's network (${host(server)})`;
        return { state: "ok", text };
    }
    const isEncrypted = server.url.startsWith("https:");
    return {
        state: "notice",
        text: `Patients' messages and pictures leave the clinic for ${host(server)}${isEncrypted ? "" : ", unencrypted"}.`,
        remedy: `Use a server in your own network${isEncrypted ? "" : " or an address that begins with https://"}, unless your patients and the law agree; docs/model-server.md says more.`,
    };
}

function host({ url }: ModelServerConfig): string {
    return new URL(url).host;
}
