export { EphemeralBlock, ImportBlock, RemovedBlock, ThinResource } from "./block";
