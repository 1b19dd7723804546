import { readFileSync } from "node:fs";
import { inArgo, type Binding } from "../helpers/binding-health";

// Run by binding-health.test.ts as a process of its own: jest's modules do not let the Lua machine load itself.
// Standard input is a binding, standard output its health.
const binding = JSON.parse(readFileSync(0, "utf8")) as Binding;
void inArgo(binding).then((health) => process.stdout.write(JSON.stringify(health)));
