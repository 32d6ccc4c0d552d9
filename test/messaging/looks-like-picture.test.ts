import { expect, test } from "vitest";
import { looksLikePicture } from "../../src/messaging/looks-like-picture.ts";

test.each([
    [{ mimeType: "image/jpeg" }, true],
    [{ mimeType: "IMAGE/x-unheard-of", name: "scan" }, true],
    [{ mimeType: "application/dicom" }, true],
    [{ mimeType: "application/octet-stream", name: "Chest.X-ray.JPG" }, true],
    [{ name: "صورة.heic" }, true],
    [{ name: "IM0001.dcm" }, true],
    [{ mimeType: "application/pdf", name: "report.pdf" }, false],
    [{ mimeType: "application/dicom+json" }, false],
    [{ mimeType: "text/plain", name: "about my image.txt" }, false],
    [{ mimeType: "text/plain", name: "jpg" }, false],
    [{}, false],
])("%j: %s", (file, isPicture) => {
    expect(looksLikePicture(file)).toBe(isPicture);
});
