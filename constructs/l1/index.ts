export { EphemeralBlock, RemovedBlock, ThinResource } from "./block";
