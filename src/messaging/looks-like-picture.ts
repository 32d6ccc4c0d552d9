/** What a platform says of a file that was sent as one. */
export interface SentFile {
    readonly mimeType?: string | undefined;
    readonly name?: string | undefined;
}

const pictureType = /^(?:image\/|application\/(?:x-)?dicom(?:$|;))/i;

const pictureName =
    /\.(?:jpe?g|jfif|png|webp|gif|bmp|tiff?|hei[cf]|avif|jp2|jxl|svg|dcm|dic|dicom|ima)$/i;

/** What says nothing about a file, in the words of some apps and systems. */
const noParticularType =
    /^(?:|application\/(?:octet-stream|x-unknown|unknown)|binary\/octet-stream)$/i;

/**
 * A name as on the discs that hospitals hand out (DICOM PS3.10, 8.5): at most eight letters, digits
 * and underscores, of them a digit; or a number that names the picture in the whole world (a UID),
 * perhaps with the kind of scan before it.
 */
const discName = /^(?=.*\d)\w{1,8}$|^(?:[A-Z]{2,3}\.?)?\d+(?:\.\d+){4,}$/i;

/**
 * Whether a file is worth decoding as a picture. Some apps send pictures as files of no particular
 * type: then the name tells, and for DICOM files, which often have no ending, a name of that form.
 * What it really is, its bytes tell later. Formats that are not read count as well: their notice
 * asks for a screenshot.
 */
export function looksLikePicture({ mimeType = "", name = "" }: SentFile): boolean {
    if (pictureType.test(mimeType) || pictureName.test(name)) return true;
    return noParticularType.test(mimeType) && discName.test(name);
}
