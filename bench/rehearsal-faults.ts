// Whether a rehearsal can fail: the loop is played on the assembly, which has to be green, and on as many copies of it as there
// are faults, each of which has to be red for the right reason.
import { FAULTS } from '../test/rehearsal/faults/faults';
import { loopOn } from '../test/rehearsal/faults/faulty';

async function main([assembly = 'cdk.out', only = '']: string[]): Promise<void> {
  const sound = await loopOn(assembly);
  console.log(sound.green ? 'green  as it is' : `RED    as it is: ${sound.reasons.join('; ')}`);
  const faults = FAULTS.filter(({ name }) => name.includes(only));
  let missed = 0;
  for (const fault of faults) {
    const { green, reasons } = await loopOn(assembly, fault);
    const caught = !green && fault.reason.test(reasons.join('\n'));
    if (!caught) missed++;
    console.log(`${green ? 'GREEN' : caught ? 'red  ' : 'WRONG'}  ${fault.name}: ${(reasons[0] ?? '').slice(0, 220)}`);
  }
  console.log(`${faults.length - missed} of ${faults.length} faults are red for the right reason`);
  if (!sound.green || missed > 0) process.exitCode = 1;
}

void main(process.argv.slice(2));
