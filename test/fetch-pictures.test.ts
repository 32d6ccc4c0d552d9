import { expect, test } from "vitest";
import type { DeskParts } from "../src/assistant.ts";
import { AppError } from "../src/errors.ts";
import { fetchPictures } from "../src/fetch-pictures.ts";
import type { Attachment } from "../src/message.ts";
import type { ModelDescription, VisionState } from "../src/ports.ts";
import { assemble, message, never, picture } from "./fakes/assembled-parts.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

const { description } = createScriptedModel(() => "");
const seeing: VisionState = { status: "ready", imageSide: 28, imageTokens: 4 };
const blind: VisionState = { status: "unavailable", reason: "r", remedy: "r" };
const platform = createRecordingPlatform(new Map([["scan", picture]]));
const album = message("", {
    attachments: ["scan", "gone", "third"].map((id): Attachment => ({ kind: "image", id })),
});

function desk(model: ModelDescription | undefined): DeskParts {
    const { notices, logger, settings, safety } = assemble(createScriptedModel(() => ""));
    return { notices, logger, settings, safety, describeModel: () => Promise.resolve(model) };
}

test("pictures are made ready for the model of the workers; the others are refused", async () => {
    const taken = await fetchPictures(
        album,
        platform,
        desk({ ...description, vision: seeing }),
        never,
    );
    expect(taken.images.map(({ side, rgb }) => [side, rgb.length])).toEqual([[28, 28 * 28 * 3]]);
    expect(taken.refusals).toEqual(["images-too-many", "image-unavailable"]);
    const none = await fetchPictures(
        album,
        platform,
        desk({ ...description, vision: blind }),
        never,
    );
    expect(none).toEqual({ images: [], refusals: ["vision-unavailable"] });
    const seer = desk({ ...description, vision: seeing });
    const off = { ...seer, settings: { ...seer.settings, readsPictures: false } };
    const unseen = await fetchPictures(album, platform, off, never);
    expect(unseen).toEqual({ images: [], refusals: ["pictures-off"] });
});

test("what may work later is tried again by the queue", async () => {
    await expect(fetchPictures(album, platform, desk(undefined), never)).rejects.toMatchObject({
        code: "model-missing",
        retryable: true,
    });
    const away = new AppError("platform-unavailable", "Down.", { retryable: true });
    const down = { ...platform, download: () => Promise.reject(away) };
    const parts = desk({ ...description, vision: seeing });
    await expect(fetchPictures(album, down, parts, never)).rejects.toBe(away);
});

test("a voice message needs no model to be refused", async () => {
    const voice = message("", { attachments: [{ kind: "other", id: "voice" }] });
    expect(await fetchPictures(voice, platform, desk(undefined), never)).toEqual({
        images: [],
        refusals: ["file-unsupported"],
    });
});
