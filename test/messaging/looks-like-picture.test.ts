import { expect, test } from "vitest";
import { looksLikePicture } from "../../src/messaging/looks-like-picture.ts";

test.each([
    [{ mimeType: "image/jpeg" }, true],
    [{ mimeType: "IMAGE/x-unheard-of", name: "scan" }, true],
    [{ mimeType: "application/dicom" }, true],
    [{ mimeType: "application/octet-stream", name: "Chest.X-ray.JPG" }, true],
    [{ name: "صورة.heic" }, true],
    [{ name: "IM0001.dcm" }, true],
    [{ mimeType: "application/dicom; transfer-syntax=1.2.840.10008.1.2.1" }, true],
    [{ mimeType: "application/octet-stream", name: "IM0001" }, true],
    [{ name: "I1000000" }, true],
    [{ name: "img_0001" }, true],
    [{ mimeType: "application/octet-stream", name: "1.2.840.113619.2.55.3.604688119" }, true],
    [{ name: "CT.1.2.840.113619.2.55.3" }, true],
    [{ name: "DICOMDIR" }, false],
    [{ name: "report of my scan 1" }, false],
    [{ name: "backup-2024.10.11" }, false],
    [{ mimeType: "application/pdf", name: "IM0001" }, false],
    [{ mimeType: "application/zip", name: "1.2.840.113619.2.55.3" }, false],
    [{ mimeType: "application/pdf", name: "report.pdf" }, false],
    [{ mimeType: "application/dicom+json" }, false],
    [{ mimeType: "text/plain", name: "about my image.txt" }, false],
    [{ mimeType: "text/plain", name: "jpg" }, false],
    [{}, false],
])("%j: %s", (file, isPicture) => {
    expect(looksLikePicture(file)).toBe(isPicture);
});
