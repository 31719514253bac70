import { retryStart } from '#shared/kernel/retry-start';

test('starts at once and once, however many ask', async () => {
  let starts = 0;
  const ready = retryStart(async () => {
    starts += 1;
    return 'made';
  });
  expect(starts).toBe(1);
  expect(await Promise.all([ready(), ready(), ready()])).toEqual(['made', 'made', 'made']);
  expect(starts).toBe(1);
});

test('those who ask at the same time share a failure, the next starts again', async () => {
  let starts = 0;
  const ready = retryStart(async () => {
    starts += 1;
    if (starts <= 2) throw new Error(`failed ${starts}`);
    return starts;
  });
  expect(await Promise.allSettled([ready(), ready()])).toMatchObject([
    { reason: { message: 'failed 1' } },
    { reason: { message: 'failed 1' } },
  ]);
  await expect(ready()).rejects.toThrow('failed 2');
  expect(await ready()).toBe(3);
  expect(await ready()).toBe(3);
});
