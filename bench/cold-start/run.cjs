// One process of a function: loads the handler, gives it one event, and says that it has answered. node run.cjs FILE EVENT
const [file, event] = process.argv.slice(2);
const { handler } = require(file);
const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'bench', functionName: 'bench' };
Promise.resolve(handler(JSON.parse(event), context)).then(
  () => process.send({ answer: 'value' }, () => process.exit(0)),
  (error) => process.send({ answer: String(error?.name) }, () => process.exit(0)),
);
