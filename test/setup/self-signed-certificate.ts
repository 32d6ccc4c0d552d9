import { generateKeyPairSync, sign } from "node:crypto";

/** A certificate for 127.0.0.1 that nobody trusts unless told to; both parts as PEM. */
export interface SelfSignedCertificate {
    readonly cert: string;
    readonly key: string;
}

const sequenceTag = 0x30;
const ecdsaWithSha256 = sequence(objectId("2a8648ce3d040302"));

/** Makes a certificate with a fresh key (X.509 v3, RFC 5280), so that no key lies in the sources. */
export function createSelfSignedCertificate(): SelfSignedCertificate {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const version = der(0xa0, der(0x02, Buffer.from([2])));
    const serial = der(0x02, Buffer.from([1]));
    const commonName = sequence(objectId("550403"), der(0x0c, Buffer.from("loopback")));
    const name = sequence(der(0x31, commonName));
    const validity = sequence(utcTime("200101000000Z"), utcTime("491231235959Z"));
    const loopback = sequence(der(0x87, Buffer.from([127, 0, 0, 1])));
    const alternativeName = sequence(objectId("551d11"), der(0x04, loopback));
    const body = sequence(
        version,
        serial,
        ecdsaWithSha256,
        name,
        validity,
        name,
        publicKey.export({ type: "spki", format: "der" }),
        der(0xa3, sequence(alternativeName)),
    );
    const signature = Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]);
    const certificate = sequence(body, ecdsaWithSha256, der(0x03, signature));
    const lines = certificate.toString("base64").replace(/.{1,64}/g, "$&\n");
    return {
        cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
        key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
    const content = Buffer.concat(parts);
    const { length } = content;
    const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
    return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
    return der(sequenceTag, ...parts);
}

function objectId(encoded: string): Buffer {
    return der(0x06, Buffer.from(encoded, "hex"));
}

function utcTime(text: string): Buffer {
    return der(0x17, Buffer.from(text));
}
