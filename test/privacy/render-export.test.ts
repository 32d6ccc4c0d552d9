import sharp from "sharp";
import { expect, it } from "vitest";
import type { PatientRecord } from "../../src/privacy-ports.ts";
import { renderExport } from "../../src/privacy/render-export.ts";
import { exampleImage, exampleTurn, freshConversation } from "../contracts/conversation-store.ts";

const key = freshConversation();
const image = exampleImage(3);
const gone = exampleImage(4);
const record: PatientRecord = {
    conversation: key,
    id: "0123456789abcdef",
    chosenLanguage: "ar",
    consent: { atMs: 0, wording: "abc" },
    turns: [
        { ...exampleTurn(0), text: "عندي صداع", atMs: 1_700_000_000_000, images: [image, gone] },
    ],
    waiting: [
        {
            message: {
                id: "1",
                conversation: key,
                receivedAtMs: 0,
                text: "And now?",
                attachments: [],
            },
            acceptedAtMs: 1_700_000_001_000,
            images: [image],
        },
    ],
    undelivered: [
        {
            reply: { text: "Rest.", language: "en" },
            committedAtMs: 1_700_000_002_000,
            setAside: true,
        },
    ],
    unreadable: 0,
};
const readImage = (_key: string, { id }: { readonly id: string }) =>
    Promise.resolve(id === image.id ? image : undefined);

it("says everything, with times that people can read and pictures that programs can", async () => {
    const text = await renderExport(record, { readImage, nowMs: 1_800_000_000_000 });
    const value = JSON.parse(text) as { readonly pictures: Record<string, string> };
    expect(text).toContain("عندي صداع");
    expect(value).toMatchObject({
        format: "bimedix2-export",
        exportedAt: "2027-01-15T08:00:00.000Z",
        conversation: key,
        chosenLanguage: "ar",
        consent: { at: "1970-01-01T00:00:00.000Z", wording: "abc" },
        turns: [{ at: "2023-11-14T22:13:20.000Z", images: [image.id, gone.id] }],
        waiting: [{ acceptedAt: "2023-11-14T22:13:21.000Z", text: "And now?", images: [image.id] }],
        undelivered: [{ writtenAt: "2023-11-14T22:13:22.000Z", text: "Rest.", setAside: true }],
    });
    // A picture that has been forgotten meanwhile is not there.
    expect(Object.keys(value.pictures)).toEqual([image.id]);
    const png = Buffer.from(value.pictures[image.id] ?? "", "base64");
    const pixels = await sharp(png).removeAlpha().raw().toBuffer();
    expect(Buffer.compare(pixels, image.rgb)).toBe(0);
});

it("can keep pictures beside it", async () => {
    const kept: string[] = [];
    const text = await renderExport(record, {
        readImage,
        keepPicture: (id) => {
            kept.push(id);
            return Promise.resolve({ file: `${id}.png`, sha256: "0" });
        },
        nowMs: 0,
    });
    expect(kept).toEqual([image.id]);
    expect(JSON.parse(text)).toMatchObject({
        pictures: { [image.id]: { file: `${image.id}.png`, sha256: "0" } },
    });
});
