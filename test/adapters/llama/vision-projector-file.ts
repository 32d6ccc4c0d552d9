import { writeFile } from "node:fs/promises";

// Types of values and of tensors' numbers as in GGUF's specification.
const valueTypes = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const tensorTypes = { f32: 0, q4: 2 } as const;
const alignment = 32;

interface Tensor {
    readonly name: string;
    readonly sides: readonly number[];
    readonly type: keyof typeof tensorTypes;
    readonly data: Buffer;
}

/** The shape of a CLIP tower and what its file leaves out. */
export interface TowerShape {
    readonly width: number;
    readonly storedLayers: number;
    /** CLIP has one, SigLIP has none. */
    readonly classToken: boolean;
    /** The tower's last normalisation, which no LLaVA model uses. */
    readonly postNorm?: boolean;
    /** `clip.vision.feature_layer`, and of which type its entries are. */
    readonly featureLayers?: readonly number[];
    readonly featureLayerType?: "int32" | "float32";
}

/**
 * Writes a LLaVA projector whose layers only add a vector each, so that the features tell which
 * layers were run. Everything follows from the names of the tensors: a file with more layers begins
 * with those of a file with fewer.
 */
export async function writeProjector(path: string, shape: TowerShape): Promise<void> {
    const values = metadata(shape);
    const tensors = tower(shape);
    const parts = [Buffer.from("GGUF"), uint32(3), uint64(tensors.length), uint64(values.length)];
    let offset = 0;
    const descriptions = tensors.map((tensor) => {
        const description = Buffer.concat([
            text(tensor.name),
            uint32(tensor.sides.length),
            ...tensor.sides.map(uint64),
            uint32(tensorTypes[tensor.type]),
            uint64(offset),
        ]);
        offset += padded(tensor.data).length;
        return description;
    });
    const head = Buffer.concat([...parts, ...values, ...descriptions]);
    const body = tensors.map((tensor) => padded(tensor.data));
    await writeFile(path, Buffer.concat([padded(head), ...body]));
}

function metadata({
    width,
    storedLayers,
    featureLayers,
    featureLayerType = "int32",
}: TowerShape): readonly Buffer[] {
    const sizes = {
        embedding_length: width,
        feed_forward_length: 32,
        block_count: storedLayers,
        projection_dim: 4,
        image_size: 4,
        patch_size: 2,
        "attention.head_count": 4,
    };
    return [
        value("general.architecture", "string", text("clip")),
        value("clip.has_vision_encoder", "bool", Buffer.from([1])),
        value("clip.projector_type", "string", text("mlp")),
        value("clip.vision.attention.layer_norm_epsilon", "float32", float32(1e-5)),
        ...["image_mean", "image_std"].map((name) =>
            value(`clip.vision.${name}`, "array", array("float32", [0.5, 0.5, 0.5])),
        ),
        ...(featureLayers === undefined
            ? []
            : [
                  value(
                      "clip.vision.feature_layer",
                      "array",
                      array(featureLayerType, featureLayers),
                  ),
              ]),
        ...Object.entries(sizes).map(([name, size]) =>
            value(`clip.vision.${name}`, "uint32", uint32(size)),
        ),
    ];
}

function tower({
    width,
    storedLayers,
    classToken,
    postNorm = false,
}: TowerShape): readonly Tensor[] {
    const layers = Array.from({ length: storedLayers }, (_, i) => layer(`v.blk.${i}.`, width));
    return [
        ...(classToken ? [real("v.class_embd", [width]), ...pair("v.pre_ln", [width])] : []),
        real("v.patch_embd.weight", [2, 2, 3, width]),
        real("v.position_embd.weight", [width, classToken ? 5 : 4]),
        ...layers.flat(),
        ...(postNorm ? pair("v.post_ln", [width]) : []),
        ...pair("mm.0", [width, 32]),
        ...pair("mm.2", [32, 4]),
    ];
}

function layer(prefix: string, width: number): readonly Tensor[] {
    return [
        ...pair(`${prefix}ln1`, [width]),
        ...pair(`${prefix}ln2`, [width]),
        ...["attn_q", "attn_k", "attn_v", "attn_out"].flatMap((name) => [
            zero(`${prefix}${name}.weight`, [width, width]),
            real(`${prefix}${name}.bias`, [width]),
        ]),
        zero(`${prefix}ffn_up.weight`, [width, 32]),
        real(`${prefix}ffn_up.bias`, [32]),
        zero(`${prefix}ffn_down.weight`, [32, width]),
        real(`${prefix}ffn_down.bias`, [width]),
    ];
}

function pair(name: string, sides: readonly number[]): readonly Tensor[] {
    return [real(`${name}.weight`, sides), real(`${name}.bias`, sides.slice(-1))];
}

/** Numbers between -1 and 1 that follow from the tensor's name. */
function real(name: string, sides: readonly number[]): Tensor {
    const data = Buffer.alloc(4 * product(sides));
    let state = Buffer.from(name).reduce((sum, letter) => (sum * 31 + letter) | 0, 7);
    for (let at = 0; at < data.length; at += 4) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        data.writeFloatLE(state / 2 ** 31, at);
    }
    return { name, sides, type: "f32", data };
}

/** A matrix of zeros in 4 bits a number: 32 numbers in 18 bytes. */
function zero(name: string, sides: readonly number[]): Tensor {
    return { name, sides, type: "q4", data: Buffer.alloc((product(sides) / 32) * 18) };
}

function product(sides: readonly number[]): number {
    return sides.reduce((a, b) => a * b, 1);
}

function value(key: string, type: keyof typeof valueTypes, data: Buffer): Buffer {
    return Buffer.concat([text(key), uint32(valueTypes[type]), data]);
}

function array(type: "int32" | "float32", numbers: readonly number[]): Buffer {
    const entries = numbers.map(type === "int32" ? int32 : float32);
    return Buffer.concat([uint32(valueTypes[type]), uint64(numbers.length), ...entries]);
}

function text(letters: string): Buffer {
    return Buffer.concat([uint64(Buffer.byteLength(letters)), Buffer.from(letters)]);
}

function uint32(number: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(number);
    return bytes;
}

function int32(number: number): Buffer {
    return uint32(number >>> 0);
}

function uint64(number: number): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(number));
    return bytes;
}

function float32(number: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(number);
    return bytes;
}

function padded(bytes: Buffer): Buffer {
    return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (alignment - 1))]);
}
