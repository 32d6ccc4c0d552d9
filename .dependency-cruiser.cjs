/** Import direction, as docs/architecture.md states it: what a file may not import, and why. */
const stages =
    "^src/(alerts|conversation|handoff|language|operations|prompt|safety|privacy|images|documents)/";
const leaves =
    "^src/(message|errors|fit-history|refuse-unseen-pictures|ports|privacy-ports|queue-ports|safety-ports|staff-ports|status-ports|telemetry-ports|log|wait|joined-signal)\\.ts$";
/** What the adapters of messaging platforms share. */
const messaging = "^src/messaging/";
const pipeline =
    "^src/(administration|admit-message|alarms-ahead|answer-reviewed|answer-staff|answer-turn|ask-model|assistant|command-outcome|commit-turn|consent-texts|data-commands|deliver|deliver-reply|direct-answers|draft|draft-reply|fetch-pictures|hand-over|known-languages|limit-question|notices|patient-commands|pictures|process-watch|receive|recent-words|reply|reply-language|screen-question|screen-words|serve|spoken-languages|staff-notes|summarise-case|tell-patient|tell-staff|tell-undelivered|trace-parts)\\.ts$";
const compositionRoot =
    "^src/(main|compose|open-safety|open-staff|storage|clinic-platforms|clinic-duties|clinic-process|serve-clinic|answer-parts|open-administration|live-config|live-parts)\\.ts$|^src/commands/";

module.exports = {
    forbidden: [
        { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
        {
            name: "leaves-stand-alone",
            comment:
                "message and errors import nothing of ours; the other leaves import only them and ports.",
            severity: "error",
            from: { path: leaves },
            to: { path: "^(src|adapters)/", pathNot: "^src/(message|errors|ports)\\.ts$" },
        },
        {
            name: "stage-imports-leaves-only",
            comment: "A stage never calls another stage: src/reply.ts calls them all.",
            severity: "error",
            from: { path: stages },
            to: { path: "^(src|adapters)/", pathNot: [leaves, "^src/$1/"] },
        },
        {
            name: "pipeline-imports-stages",
            comment:
                "src/reply.ts and the files it is split into know the stages, and nothing outside.",
            severity: "error",
            from: { path: pipeline },
            to: { path: "^(src|adapters)/", pathNot: [leaves, stages, pipeline] },
        },
        {
            name: "adapter-imports-leaves-and-itself",
            severity: "error",
            from: { path: "^adapters/([^/]+)/" },
            to: { path: "^(src|adapters)/", pathNot: [leaves, messaging, "^adapters/$1/"] },
        },
        {
            name: "messaging-imports-leaves-and-itself",
            severity: "error",
            from: { path: messaging },
            to: { path: "^(src|adapters)/", pathNot: [leaves, messaging] },
        },
        {
            name: "only-the-composition-root-imports-adapters",
            severity: "error",
            from: { path: "^src/", pathNot: compositionRoot },
            to: { path: "^adapters/" },
        },
        {
            name: "only-the-composition-root-imports-configuration",
            comment: "Settings are passed in as values.",
            severity: "error",
            from: { path: "^src/", pathNot: [compositionRoot, "^src/(config\\.ts$|settings/)"] },
            to: { path: "^src/(config\\.ts$|settings/)" },
        },
        {
            name: "commands-are-loaded-when-asked-for",
            comment: "bimedix2 --help is quick, because no command is loaded for it.",
            severity: "error",
            from: { path: "^src/(main|commands/describe[a-z-]*)\\.ts$" },
            to: {
                path: "^(src|adapters)/",
                pathNot:
                    "^src/(errors|message|package-root|package-version|settings/command-language)\\.ts$|^src/commands/(describe[a-z-]*|help-[a-z]*|commander-words|exit-code|report-error|right-to-left)\\.ts$",
                dynamic: false,
                dependencyTypesNot: ["type-only"],
            },
        },
        {
            name: "product-does-not-import-tests",
            severity: "error",
            from: { path: "^(src|adapters)/" },
            to: { path: "^(test|bench)/" },
        },
        {
            name: "sdk-only-in-its-adapter",
            comment: "An outside system's SDK is imported in its adapter's folder alone.",
            severity: "error",
            from: { path: "^src/" },
            to: {
                path: "node_modules/(telegraf|node-llama-cpp|redis|@redis|whatsapp-web\\.js|@opentelemetry)/",
            },
        },
    ],
    options: {
        doNotFollow: { path: "node_modules" },
        tsConfig: { fileName: "tsconfig.json" },
        tsPreCompilationDeps: true,
    },
};
