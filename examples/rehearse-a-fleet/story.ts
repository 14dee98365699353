// A story that is a program: `npx zero-trust-iot rehearse cdk.out --scenario story.ts`. Steps are in the words of stories in
// YAML, or do what no words are for. In an app of its own, the import reads `from 'cdk-iot-zero-trust/rehearsal'`.
import { defineStory } from '../../rehearsal';

export default defineStory({
  title: 'A device speaks for itself, and a flood of messages is no secret',
  needs: ['enrollment', 'publishing'],
  devices: ['pump', 'neighbor'],
  play: async ({ step, device, rehearsal }) => {
    for (const name of ['pump', 'neighbor']) {
      await step(`${name} enrolls`);
      await step(`${name} connects`);
    }
    await step('pump cannot publish to {topic of neighbor}');
    await step('no other client id is of use', async () => {
      for (const other of ['pump', 'client-1', device('neighbor').thingName])
        await device('pump').isDenied.connect(other);
    });
    await step('what a device sends arrives', async () => {
      await device('pump').publishes(device('pump').ownTopic, JSON.stringify({ pressure: 4.2 }), 3);
      const sent = rehearsal.cloud.events.all().filter((event) => event.kind === 'message' && event.direction === 'in');
      if (sent.filter(({ who }) => who.name === device('pump').thingName).length < 3) throw new Error('not all of it');
    });
  },
});
