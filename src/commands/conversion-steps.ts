import { dirname } from "node:path";
import type { ModelConversion } from "../settings/profile-schema.ts";
import type { ModelFile } from "./model-files.ts";

/** What the steps are about. */
export interface Conversion extends ModelConversion {
    readonly files: readonly ModelFile[];
    /** The git bundle of llama.cpp's sources that node-llama-cpp ships. */
    readonly bundlePath: string;
}

/**
 * How a model's files are made from its checkpoint, as commands of a shell that put the results where they
 * belong. The converter is of the very llama.cpp that the program runs on.
 */
export function conversionSteps(conversion: Conversion): string {
    const steps = [
        converterStep(conversion),
        weightsStep(conversion),
        ...projectorStep(conversion),
        modelStep(conversion),
        smallerStep(conversion),
    ];
    return steps
        .map(([title, ...commands], index) => `# ${index + 1}. ${title}\n${commands.join("\n")}`)
        .join("\n\n");
}

type Step = readonly [title: string, ...commands: string[]];

function converterStep({ bundlePath }: Conversion): Step {
    return [
        "The converter. You need Python 3.10 or newer, git and git-lfs",
        `git clone ${quoted(bundlePath)} llama.cpp`,
        "python3 -m venv llama.cpp/venv && . llama.cpp/venv/bin/activate",
        "pip install -r llama.cpp/requirements/requirements-convert_hf_to_gguf.txt pillow",
    ];
}

function weightsStep({ checkpoint, visionTower }: Conversion): Step {
    return [
        visionTower === undefined
            ? "The weights"
            : "The weights, and the vision tower that they were trained with",
        "git lfs install",
        `git clone https://huggingface.co/${checkpoint}`,
        ...(visionTower === undefined ? [] : [`git clone https://huggingface.co/${visionTower}`]),
    ];
}

function projectorStep({ checkpoint, visionTower, files }: Conversion): Step[] {
    const projector = files.find(({ part }) => part === "projector");
    if (visionTower === undefined || projector === undefined) return [];
    const [weights, tower] = [lastName(checkpoint), lastName(visionTower)];
    const folder = quoted(dirname(projector.path));
    const legacy = "llama.cpp/tools/mtmd/legacy-models";
    return [
        [
            `The projector. The first command writes ${weights}/llava.projector`,
            `python3 ${legacy}/llava_surgery_v2.py -C -m ${weights}`,
            `# Only if it wrote ${weights}/llava.clip too: that is the right vision tower, so use it`,
            `if [ -e ${weights}/llava.clip ]; then`,
            `    mkdir vision && cp ${weights}/llava.clip vision/pytorch_model.bin`,
            `    python3 -c "import json; print(json.dumps(json.load(open('${tower}/config.json'))['vision_config']))" > vision/config.json`,
            "    set -- -m vision --clip-model-is-vision",
            "else",
            `    set -- -m ${tower}`,
            "fi",
            `mkdir -p ${folder}`,
            `python3 ${legacy}/convert_image_encoder_to_gguf.py "$@" \\`,
            `    --llava-projector ${weights}/llava.projector --output-dir ${folder}`,
            `mv ${folder}/mmproj-model-f16.gguf ${quoted(projector.path)}`,
        ],
    ];
}

function modelStep({ checkpoint, architecture, files }: Conversion): Step {
    const weights = lastName(checkpoint);
    const path = modelPath(files);
    const rename = `python3 -c "import json, pathlib; f = pathlib.Path('${weights}/config.json'); f.write_text(json.dumps(json.loads(f.read_text()) | {'architectures': ['${architecture}']}))"`;
    return [
        "The language model, as 8-bit numbers: about 1.07 GB for each billion of parameters",
        `mkdir -p ${quoted(dirname(path))}`,
        ...(architecture === undefined ? [] : [rename]),
        `python3 llama.cpp/convert_hf_to_gguf.py ${weights} --outtype q8_0 \\`,
        `    --outfile ${quoted(path)}`,
    ];
}

function smallerStep({ files }: Conversion): Step {
    const path = quoted(modelPath(files));
    return [
        "Only for a GPU with less memory: 4-bit numbers, a little more than half as large",
        "cmake -S llama.cpp -B llama.cpp/build -DLLAMA_CURL=OFF && cmake --build llama.cpp/build --target llama-quantize",
        `llama.cpp/build/bin/llama-quantize --allow-requantize ${path} smaller.gguf Q4_K_M`,
        `mv smaller.gguf ${path}`,
    ];
}

function modelPath(files: readonly ModelFile[]): string {
    const model = files.find(({ part }) => part === "model");
    if (model === undefined) throw new RangeError("A model that is converted has a file.");
    return model.path;
}

function lastName(repository: string): string {
    return repository.split("/").at(-1) ?? repository;
}

/** For a shell, where the path needs it. */
function quoted(path: string): string {
    return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
