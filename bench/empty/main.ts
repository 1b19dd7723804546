import { App, TerraformStack } from "cdktf";

// The least that cdktf does: what `npm start` is measured against (bench/start.ts).
const app = new App({ outdir: process.env.CDKTF_OUTDIR });
new TerraformStack(app, "empty");
app.synth();
