import type { ChatModel } from "../ports.ts";
import type { ProcessFigures } from "./process-figures.ts";

/** A model whose answers are counted and timed. */
export function watchModel(model: ChatModel, figures: ProcessFigures): ChatModel {
    return {
        description: model.description,
        generate: async (request, options) => {
            try {
                const completion = await model.generate(request, options);
                figures.completed(completion);
                return completion;
            } catch (error) {
                if (!options.signal.aborted) figures.generations.failed += 1;
                throw error;
            }
        },
        ...(model.prepare ? { prepare: async (texts) => await model.prepare?.(texts) } : {}),
        deviceMemory: async () => await model.deviceMemory?.(),
        ...(model.forget ? { forget: (conversation) => model.forget?.(conversation) } : {}),
        close: () => model.close(),
    };
}
