/**
 * Imported first by main.ts. cdktf formats a stack trace for every expression it makes, and through source maps that is a fifth of the whole
 * run. SOURCE_MAPS=1 keeps them, for the trace of an error that nobody expected.
 */
if (!process.env.SOURCE_MAPS) process.setSourceMapsEnabled(false);

export {};
