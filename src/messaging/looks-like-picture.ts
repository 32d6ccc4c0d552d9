/** What a platform says of a file that was sent as one. */
export interface SentFile {
    readonly mimeType?: string | undefined;
    readonly name?: string | undefined;
}

/**
 * Whether a file is worth decoding as a picture. Some apps send pictures as files of no particular
 * type: then the name tells. Formats that are not read count as well: their notice asks for a
 * screenshot, which is the way to send a DICOM scan.
 */
export function looksLikePicture({ mimeType = "", name = "" }: SentFile): boolean {
    return (
        /^(?:image\/|application\/dicom$)/i.test(mimeType) ||
        /\.(?:jpe?g|jfif|png|webp|gif|bmp|tiff?|hei[cf]|avif|jp2|jxl|svg|dcm|dicom)$/i.test(name)
    );
}
