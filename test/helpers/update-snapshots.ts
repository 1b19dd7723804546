// `npm run snapshots:update`: the only thing that writes a snapshot. Tests compare, and have no way to write.
import { CONFIGS } from "./configs";
import { writeSnapshots } from "./snapshots";

writeSnapshots(CONFIGS);
