// One process of a function: loads the handler, gives it one event, and says that it has answered. node run.cjs FILE EVENT
const [file, event] = process.argv.slice(2);
const { handler } = require(file);
const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'bench', functionName: 'bench' };
const answered = (answer) => {
  const { user, system } = process.cpuUsage();
  process.send({ answer, cpuMs: (user + system) / 1_000 }, () => process.exit(0));
};
Promise.resolve(handler(JSON.parse(event), context)).then(
  (value) => answered(JSON.stringify(value) ?? 'nothing'),
  (error) => answered(`failed: ${error?.name} ${error?.message}`),
);
