import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { namedTemplates } from "../../adapters/llama/named-templates.ts";
import { packageRoot } from "../../src/package-root.ts";
import { findModelProfile, profileNames } from "../../src/settings/model-profile.ts";

const names = profileNames([packageRoot()]);
const instructions = await readFile(join(packageRoot(), "docs/models.md"), "utf8");

describe("the profiles that ship with the program", () => {
    test.each(names)("%s is complete, and explained", (name) => {
        const found = findModelProfile(name, [packageRoot()]);
        if (!("profile" in found)) throw new Error(JSON.stringify(found));
        const { profile } = found;
        expect(instructions).toContain(`\`${name}\``);
        expect(profile.languages).not.toEqual([]);
        expect(profile.parameters).toBeDefined();
        const { files, server, downloads, conversion, licence, template } = profile;
        expect(
            Boolean(files && (downloads?.model ?? conversion)) || server || name === "demo",
        ).toBe(server ?? true);
        if (files) expect(files.model).toMatch(new RegExp(`^models/${name}/[\\w.-]+\\.gguf$`));
        if (files?.projector !== undefined && name !== "demo") {
            expect(conversion?.visionTower ?? downloads?.projector).toBeDefined();
            expect(files.imageTokens).toBe(576);
        }
        expect(template === "gguf" || template in namedTemplates).toBe(true);
        expect(URL.canParse(licence.url)).toBe(true);
        const isRestricted = /^(?:CC BY-NC|Llama|Health|Microsoft)/.test(licence.name);
        expect(licence.mustBeAccepted).toBe(isRestricted);
        const { profileWithPictures: other } = profile;
        expect(other === undefined || names.includes(other)).toBe(true);
        const { draft } = profile;
        expect(draft === undefined || (names.includes(draft) && files !== undefined)).toBe(true);
        expect(profile.sources.every((address) => URL.canParse(address))).toBe(true);
    });
});
