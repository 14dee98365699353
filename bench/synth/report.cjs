// CPU and memory of this process so far, for the bench that started it.
const { user, system } = process.cpuUsage();
process.stdout.write(
  JSON.stringify({ cpuMs: (user + system) / 1000, maxRssMiB: process.resourceUsage().maxRSS / 1024 }),
);
