import { FULL_TRACES } from "./full-traces";

// Imported first by main.ts: reading the source maps of all that is loaded is a twelfth of a run on the sample, and
// serves only the trace of an error that nobody expected.
if (!FULL_TRACES) process.setSourceMapsEnabled(false);
