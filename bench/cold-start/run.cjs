// One process of a function: loads the handler, gives it one event, and says that it has answered. node run.cjs FILE EVENT 3>ANSWER
const { writeSync } = require('node:fs');
const [file, event] = process.argv.slice(2);
const { handler } = require(file);
const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'bench', functionName: 'bench' };
const answered = (answer) => {
  const { user, system } = process.cpuUsage();
  // A pipe is written to its end at once, or where it is full, in parts.
  let rest = Buffer.from(JSON.stringify({ answer, cpuMs: (user + system) / 1_000 }));
  while (rest.length > 0) rest = rest.subarray(writeSync(3, rest));
  process.exit(0);
};
Promise.resolve(handler(JSON.parse(event), context)).then(
  (value) => answered(JSON.stringify(value) ?? 'nothing'),
  (error) => answered(`failed: ${error?.name} ${error?.message}`),
);
