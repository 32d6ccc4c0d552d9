import { createDataKey, formatDataKey } from "../privacy/data-key.ts";
import { ensureKeyFile, prependKey } from "../privacy/key-file.ts";
import { openCipher } from "../privacy/open-cipher.ts";
import { type DataOptions, print, withStorage } from "./data.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { readConfig, visibly } from "./session.ts";

const next = 'Then run "bimedix2 data reencrypt".';

/** Makes a new key, with which everything is encrypted from now on. */
export async function rotateKey({
    show,
    json,
}: DataOptions & { readonly show: boolean }): Promise<ExitCode> {
    const { dataKeys } = readConfig();
    if (dataKeys.from === "environment") {
        const set = `BIMEDIX2_DATA_KEY=${[formatDataKey(createDataKey()), ...dataKeys.keys].join(",")}`;
        print(json, { from: "environment", ...(show ? { set } : {}) }, [
            ...(show ? [set] : []),
            show
                ? "Set this variable in place of the former one, for every process of the clinic, and start them again."
                : "The keys are in BIMEDIX2_DATA_KEY, which only you can change. This prints what to set: bimedix2 data rotate-key --show",
            ...(show ? [next] : []),
        ]);
        return exitCode.success;
    }
    const { path } = dataKeys;
    if (dataKeys.from === "data-folder") await ensureKeyFile(path);
    await prependKey(path);
    const keys = (await openCipher(dataKeys)).heads().map(nameOf);
    print(json, { from: dataKeys.from, file: path, key: keys[0], former: keys.slice(1) }, [
        `${path} has a new key, ${keys[0] ?? ""}. Programs that run on this machine take it up by themselves.`,
        "Keep a copy of the file elsewhere: without it nobody can read what is stored.",
        "If other machines of the clinic use the same Redis, copy the file to them now.",
        next,
    ]);
    return exitCode.success;
}

/** Encrypts everything with the current key, while the program runs. */
export async function reencryptData({ json }: DataOptions): Promise<ExitCode> {
    return await withStorage(async (storage, { dataKeys }) => {
        const done = await visibly((onProgress) =>
            storage.reencrypt((count) => onProgress(`${String(count)} conversations`)),
        );
        const { conversations, rewritten, unreadable, remaining } = done;
        const [current = "", ...former] = (await openCipher(dataKeys)).heads().map(nameOf);
        const complete = remaining === 0;
        print(json, { ...done, key: current, notNeeded: complete ? former : [] }, [
            `${String(rewritten)} values of ${String(conversations)} conversations were encrypted with the key ${current}.`,
            ...(unreadable === 0
                ? []
                : [
                      `${String(unreadable)} values open with none of the keys; they stay as they are.`,
                  ]),
            ...(complete
                ? describeFormer(former)
                : [
                      "Somebody goes on writing with a former key. Start all processes of the clinic again with the new one, and run this once more.",
                  ]),
        ]);
        return complete ? exitCode.success : exitCode.failure;
    });
}

function describeFormer(former: readonly string[]): readonly string[] {
    if (former.length === 0) return [];
    const [which, are] =
        former.length === 1
            ? [`The key ${former.join()}`, "is"]
            : [`The keys ${former.join(", ")}`, "are"];
    return [
        `${which} ${are} not needed any more: take ${former.length === 1 ? "it" : "them"} away when every process has the new one. Backups of Redis from before still need ${former.length === 1 ? "it" : "them"}.`,
    ];
}

/** Names a key, and tells nothing about it. */
function nameOf(head: Buffer): string {
    return head.subarray(1).toString("hex");
}
