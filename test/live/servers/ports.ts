import { createServer, type AddressInfo } from "node:net";

/**
 * Calls `start` with `count` loopback ports that were free a moment ago. Between asking the system and a server's bind
 * another process may take one, so a start that failed with "address already in use" is tried again with other ports,
 * three times in all.
 */
export async function withFreePorts<T>(count: number, start: (ports: readonly number[]) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePorts(count));
    } catch (error) {
      if (attempt === 3 || !/address already in use|EADDRINUSE/.test(String(error))) throw error;
    }
  }
}

// All are held until all are known, so that no two are the same.
async function freePorts(count: number): Promise<number[]> {
  const holders = await Promise.all(
    Array.from({ length: count }, () => {
      const holder = createServer();
      return new Promise<typeof holder>((resolve, reject) =>
        holder.once("error", reject).listen(0, "127.0.0.1", () => resolve(holder)),
      );
    }),
  );
  const ports = holders.map((holder) => (holder.address() as AddressInfo).port);
  await Promise.all(holders.map((holder) => new Promise((resolve) => holder.close(resolve))));
  return ports;
}
