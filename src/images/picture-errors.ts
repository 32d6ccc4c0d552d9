import { AppError } from "../errors.ts";
import type { FileFormat } from "./detect-format.ts";

const formatNames: Readonly<Record<FileFormat, string>> = {
    jpeg: "a JPEG picture",
    png: "a PNG picture",
    webp: "a WebP picture",
    gif: "a GIF picture",
    tiff: "a TIFF picture",
    avif: "an AVIF picture",
    bmp: "a BMP picture",
    heic: "a HEIC picture",
    "jpeg-2000": "a JPEG 2000 picture",
    "jpeg-xl": "a JPEG XL picture",
    photoshop: "a Photoshop file",
    icon: "an icon",
    svg: "an SVG drawing",
    dicom: "a DICOM file",
    nifti: "a NIfTI file",
    pdf: "a PDF document",
    office: "an Office document",
    archive: "an archive or Office document",
    video: "a video",
    audio: "a sound recording",
    unknown: "of an unknown format",
};

/** `image-unsupported`: a file of this format is not read, at least not in this variety. */
export function unsupportedPicture(format: FileFormat, cause?: unknown): AppError {
    return new AppError(
        "image-unsupported",
        `The file is ${formatNames[format]}; it cannot be read as a picture.`,
        { remedy: "Send the picture as JPEG or PNG.", ...(cause === undefined ? {} : { cause }) },
    );
}

/** `image-unsupported`: a DICOM file of a variety that is not read; `how` completes "a DICOM file …". */
export function unsupportedDicom(how: string): AppError {
    return new AppError(
        "image-unsupported",
        `The file is ${formatNames.dicom} ${how}; it cannot be read as a picture.`,
        { remedy: "Send a screenshot of the picture." },
    );
}

/** `image-burned-in`: the file says itself that its pixels show who the patient is. */
export function burnedInPicture(): AppError {
    return new AppError(
        "image-burned-in",
        "The file says that a name or number of the patient is written in the picture.",
        { remedy: "Send a screenshot of the picture without names, numbers and dates." },
    );
}

/** `image-corrupt`: the file begins like this format and cannot be decoded to its end. */
export function corruptPicture(format: FileFormat, cause?: unknown): AppError {
    return new AppError("image-corrupt", `The file is ${formatNames[format]}, but damaged.`, {
        remedy: "Send the picture again.",
        ...(cause === undefined ? {} : { cause }),
    });
}

/** `image-corrupt`: there is nothing to decode. */
export function emptyFile(): AppError {
    return new AppError("image-corrupt", "The file is empty.", {
        remedy: "Send the picture again.",
    });
}

/**
 * `image-unsupported`: a picture that is within the limits, but too large for this format's decoder.
 * What the sender has to change is the format.
 */
export function costlyPicture(format: FileFormat, width: number, height: number): AppError {
    return new AppError(
        "image-unsupported",
        `The file is ${formatNames[format]} of ${width} × ${height} pixels, which takes too much memory to decode.`,
        { remedy: "Send the picture as JPEG or PNG." },
    );
}

/** `image-too-large`; `what` completes "The picture …". */
export function tooLargePicture(what: string): AppError {
    return new AppError("image-too-large", `The picture ${what}.`, {
        remedy: "Send a smaller picture, or raise the limits for pictures in clinic.yaml.",
    });
}

/** Says that this build of sharp lacks a codec; the file itself may be sound. */
const lacksCodec = /not been built in|not configured|unsupported (?!image format)/i;
const ranOutOfTime = /^timeout:/;

/** Translates what sharp reports, which it tells apart by words alone. */
export function translatePictureError(error: unknown, format: FileFormat): AppError {
    if (error instanceof AppError) return error;
    const words = error instanceof Error ? error.message : "";
    if (ranOutOfTime.test(words)) return tooLargePicture("takes too long to decode");
    return lacksCodec.test(words)
        ? unsupportedPicture(format, error)
        : corruptPicture(format, error);
}

/**
 * Whether sharp complains about something that leaves every pixel intact: a progressive scan's
 * numbers in a sequential JPEG, or a few bytes too many, both written by cameras of known makers.
 */
export function isHarmlessWarning(error: unknown): boolean {
    const words = error instanceof Error ? error.message : "";
    return /Invalid SOS parameters|\b\d{1,2} extraneous bytes/.test(words);
}
