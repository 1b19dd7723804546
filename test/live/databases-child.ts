import { readFileSync } from "node:fs";
import { runOps } from "../../cli/ops";
import { scriptedIo } from "../cli/up/scripted-io";

// Run by databases-killed.test.ts as a process of its own, which ends it: a command of the operations program with a
// script in the place of a person. Standard input holds the password that a person knows.
const password = readFileSync(0, "utf8");
void runOps(process.argv.slice(2), scriptedIo({ env: process.env, secret: () => password }));
