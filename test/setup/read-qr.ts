import { decodeQR } from "qr/decode.js";
import sharp from "sharp";

/** What a phone reads in a drawing that holds a QR code. */
export async function readSvgQr(svg: string): Promise<string> {
    const image = sharp(Buffer.from(svg)).resize(600, 600).flatten({ background: "white" });
    const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return decodeQR({ data, width: info.width, height: info.height });
}

/** What a phone reads where a terminal shows two rows of squares to a line, each drawn dark. */
export function readTerminalQr(lines: readonly string[]): string {
    const scale = 4;
    const width = Math.max(...lines.map((line) => line.length));
    const size = { width: width * scale, height: lines.length * 2 * scale };
    const data = new Uint8Array(size.width * size.height * 4).fill(255);
    for (let y = 0; y < size.height; y += 1) {
        for (let x = 0; x < size.width; x += 1) {
            const row = Math.floor(y / scale);
            const square = lines[Math.floor(row / 2)]?.[Math.floor(x / scale)] ?? " ";
            const isDark = square === "█" || square === (row % 2 === 0 ? "▀" : "▄");
            if (isDark) data.fill(0, (y * size.width + x) * 4, (y * size.width + x) * 4 + 3);
        }
    }
    return decodeQR({ data, ...size });
}
