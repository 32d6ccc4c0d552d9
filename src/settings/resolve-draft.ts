import { describeFault } from "./faults.ts";
import { findModelProfile, profileFile } from "./model-profile.ts";
import type { ModelProfile } from "./profile-schema.ts";

/** A smaller model beside the one that answers. */
export interface DraftConfig {
    readonly profile: string;
    readonly name: string;
    /** As the profile says it: how large it is. */
    readonly parameters?: string;
    /** The file may be missing: then answers come without it. */
    readonly modelPath: string;
}

/** A draft model whose profile is of no use: answers come without it. */
export interface UnusableDraft {
    readonly profile: string;
    /** What is wrong with it, in whole sentences. */
    readonly fault: string;
}

/** What decides whether a draft model may be used, besides its profile. */
export interface DraftChoice {
    /** The file of the model that answers; absent: it answers on a server. */
    readonly answeringPath: string | undefined;
    /** Whether the administrator has accepted what must be accepted. */
    readonly acceptsLicence: boolean;
}

/**
 * The draft model of a profile. Nothing that is wrong with it keeps the model itself from answering.
 */
export function resolveDraft(
    name: string,
    { draft, files }: ModelProfile,
    { answeringPath, acceptsLicence }: DraftChoice,
    folders: readonly [clinic: string, product: string],
): { readonly draft?: DraftConfig | UnusableDraft } {
    if (draft === undefined || files === undefined) return {};
    const unusable = (fault: string) => ({ draft: { profile: draft, fault } });
    const found = findModelProfile(draft, folders);
    if ("faults" in found) return unusable(found.faults.map(describeFault).join(" "));
    if ("unknown" in found) return unusable(`models/${name}.yaml: draft ${found.unknown}`);
    const { profile } = found;
    if (profile.files === undefined) {
        return unusable(
            `models/${draft}.yaml is of a model on a server: it cannot guess for one in this program.`,
        );
    }
    const { parameters, licence } = profile;
    const modelPath = profileFile(profile.files.model, folders);
    if (modelPath === answeringPath) {
        return unusable(
            `It is the very file of the model that answers. Name a smaller model of the same family in draft in models/${name}.yaml, or correct model.file in clinic.yaml.`,
        );
    }
    if (licence.mustBeAccepted && !acceptsLicence) {
        return unusable(
            `It may be used only under its licence, ${licence.name} (${licence.url}): "${licence.notice}" If you accept this, write acceptLicence: true under model.`,
        );
    }
    return {
        draft: {
            profile: draft,
            name: profile.name,
            ...(parameters === undefined ? {} : { parameters }),
            modelPath,
        },
    };
}
