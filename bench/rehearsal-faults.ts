// Whether a rehearsal can fail: the loop is played on the assembly, which has to be green, and on as many copies of it as there
// are faults, each of which has to be red for the right reason; another story where the loop does not come by the fault. What is
// named after the assembly is a story, or part of the names of faults.
import { type Fault, FAULTS } from '../test/rehearsal/faults/faults';
import { loopOn } from '../test/rehearsal/faults/faulty';

/** One for each of two processors: a rehearsal waits for its functions, and they for it. */
const AT_ONCE = 2;

async function isCaught(assembly: string, fault: Fault): Promise<boolean> {
  const { green, reasons } = await loopOn(assembly, fault);
  const caught = !green && fault.reason.test(reasons.join('\n'));
  console.log(`${green ? 'GREEN' : caught ? 'red  ' : 'WRONG'}  ${fault.name}: ${(reasons[0] ?? '').slice(0, 220)}`);
  return caught;
}

async function main([assembly = 'cdk.out', only = '']: string[]): Promise<void> {
  const began = Date.now();
  const faults = FAULTS.filter(({ name, story = 'full-loop' }) => name.includes(only) || story === only);
  let sound = true;
  for (const story of new Set(['full-loop', ...faults.flatMap(({ story: each }) => each ?? [])])) {
    const { green, reasons } = await loopOn(assembly, undefined, story);
    console.log(green ? `green  ${story} as it is` : `RED    ${story} as it is: ${reasons.join('; ')}`);
    sound &&= green;
  }
  const left = [...faults];
  let missed = 0;
  const work = async (): Promise<void> => {
    for (let fault = left.shift(); fault !== undefined; fault = left.shift())
      if (!(await isCaught(assembly, fault))) missed++;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = ((Date.now() - began) / 1_000).toFixed(0);
  console.log(`${faults.length - missed} of ${faults.length} faults are red for the right reason, in ${seconds} s`);
  if (!sound || missed > 0) process.exitCode = 1;
}

void main(process.argv.slice(2));
