import { GgmlType } from "node-llama-cpp";
import { type MetadataValue, type TensorPlan, writeGguf } from "../../../bench/gguf/gguf-file.ts";

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
    await writeGguf(path, metadata(shape), tower(shape));
}

function metadata({
    width,
    storedLayers,
    featureLayers,
    featureLayerType = "int32",
}: TowerShape): Readonly<Record<string, MetadataValue>> {
    const sizes = {
        embedding_length: width,
        feed_forward_length: 32,
        block_count: storedLayers,
        projection_dim: 4,
        image_size: 4,
        patch_size: 2,
        "attention.head_count": 4,
    };
    const layers = featureLayerType === "int32" ? "i32s" : "f32s";
    return {
        "general.architecture": { string: "clip" },
        "clip.has_vision_encoder": { bool: true },
        "clip.projector_type": { string: "mlp" },
        "clip.vision.attention.layer_norm_epsilon": { f32: 1e-5 },
        "clip.vision.image_mean": { f32s: [0.5, 0.5, 0.5] },
        "clip.vision.image_std": { f32s: [0.5, 0.5, 0.5] },
        ...(featureLayers && {
            "clip.vision.feature_layer": { [layers]: featureLayers } as MetadataValue,
        }),
        ...Object.fromEntries(
            Object.entries(sizes).map(([name, size]) => [`clip.vision.${name}`, { u32: size }]),
        ),
    };
}

function tower({
    width,
    storedLayers,
    classToken,
    postNorm = false,
}: TowerShape): readonly TensorPlan[] {
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

function layer(prefix: string, width: number): readonly TensorPlan[] {
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

function pair(name: string, sides: readonly number[]): readonly TensorPlan[] {
    return [real(`${name}.weight`, sides), real(`${name}.bias`, sides.slice(-1))];
}

/** Numbers between -1 and 1 that follow from the tensor's name. */
function real(name: string, dimensions: readonly number[]): TensorPlan {
    let state = Buffer.from(name).reduce((sum, letter) => (sum * 31 + letter) | 0, 7);
    const fill = (rows: Buffer): void => {
        for (let at = 0; at < rows.length; at += 4) {
            state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
            rows.writeFloatLE(state / 2 ** 31, at);
        }
    };
    return { name, dimensions, type: GgmlType.F32, fill };
}

function zero(name: string, dimensions: readonly number[]): TensorPlan {
    return { name, dimensions, type: GgmlType.Q4_0 };
}
