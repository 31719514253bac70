import { ACKNOWLEDGEMENTS, addRulePacks, checkBestPractices } from '../../lib/best-practices';
import { STAGE_NAMES } from '../../lib/stage-config';
import { MAIL_SENDER, SITE_URL, synthStage } from './synth-stage';

/** As a pipeline gives it, with somebody who gets the alarms. */
const GIVEN = { siteUrl: SITE_URL, mailSender: MAIL_SENDER, alarmEmail: 'me@shop.test' };

describe.each(STAGE_NAMES)('the rules of AWS Solutions and Serverless, in %s', (stage) => {
  test('find nothing that is not acknowledged', () => {
    expect(synthStage(stage, checkBestPractices, GIVEN).findings).toEqual([]);
  });

  test('still find everything that is acknowledged: no acknowledgement is left over', () => {
    const { findings, config, stacks } = synthStage(stage, addRulePacks, GIVEN);
    const expected = ACKNOWLEDGEMENTS.filter(({ when }) => when === undefined || when(config)).flatMap(
      ({ id, stack, paths }) => paths.map((path) => `${id} at ${stacks[stack].node.id}/${path}`),
    );
    const leftOver = expected.filter((text) => {
      const [id, at] = text.split(' at ');
      return !findings.some(({ rule, path }) => rule === id && path.startsWith(`${at}/`));
    });
    expect(leftOver).toEqual([]);
  });
});

test('every acknowledgement says why', () => {
  for (const { reason } of ACKNOWLEDGEMENTS) expect(reason.split(' ').length).toBeGreaterThan(4);
});
