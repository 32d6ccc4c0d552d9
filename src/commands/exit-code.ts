/** What a command's exit status means; docs/command-line.md lists them. */
export const exitCode = {
    success: 0,
    /** The question was answered with an apology, or something broke. */
    failure: 1,
    /** The command line was wrong. */
    usage: 2,
    /** The configuration is wrong (`EX_CONFIG` of sysexits.h). */
    configuration: 78,
    /** Ended by Ctrl-C (128 + SIGINT). */
    interrupted: 130,
} as const;

/** One of the {@link exitCode}s. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
