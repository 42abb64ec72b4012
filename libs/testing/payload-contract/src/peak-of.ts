/** The most memory (resident, bytes) that this process had while something was done. */
export const peakOf = async (what: () => Promise<unknown>): Promise<number> => {
  let peak = process.memoryUsage.rss();
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 20);
  try {
    await what();
  } finally {
    clearInterval(timer);
  }
  look();
  return peak;
};
