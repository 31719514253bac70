import { createClock } from '../../local/doubles/clock';
import { createRandom } from '../../local/doubles/random';

describe('the virtual clock', () => {
  it('runs with real time plus what it was moved', () => {
    let wall = 1_000;
    const clock = createClock(() => wall);
    clock.advance(500);
    wall += 10;
    expect(clock.now()).toBe(1_510);
    clock.set(9_000);
    expect(clock.now()).toBe(9_000);
    clock.reset();
    expect(clock.now()).toBe(1_010);
    clock.close();
  });

  it('fires what becomes due, in due order, and nothing twice', () => {
    const clock = createClock(() => 0);
    const fired: string[] = [];
    clock.at(300, () => fired.push('late'));
    clock.at(100, () => fired.push('early'));
    clock.at(9_000, () => fired.push('not yet'));
    const cancel = clock.at(200, () => fired.push('cancelled'));
    cancel();
    clock.advance(1_000);
    clock.advance(1);
    expect(fired).toEqual(['early', 'late']);
    clock.close();
  });

  it('runs at once what is due already, also from inside another timer', () => {
    const clock = createClock(() => 0);
    const fired: string[] = [];
    clock.at(10, () => {
      fired.push('outer');
      clock.at(20, () => fired.push('inner'));
    });
    clock.set(50);
    expect(fired).toEqual(['outer', 'inner']);
    clock.close();
  });

  it('fires by itself when real time gets there', async () => {
    const clock = createClock();
    await new Promise<void>((resolve) => {
      clock.at(clock.now() + 20, resolve);
      setTimeout(resolve, 5_000).unref();
    });
    clock.close();
  });

  it('takes waits longer than setTimeout can', () => {
    const clock = createClock(() => 0);
    let fired = false;
    clock.at(40 * 86_400_000, () => {
      fired = true;
    });
    clock.advance(39 * 86_400_000);
    expect(fired).toBe(false);
    clock.advance(86_400_000);
    expect(fired).toBe(true);
    clock.close();
  });
});

describe('seeded randomness', () => {
  it('repeats for equal seeds, differs for others, and goes on after a restore', () => {
    const first = createRandom(7);
    expect(createRandom(7).text(24)).toBe(first.text(24));
    expect(createRandom(8).text(24)).not.toBe(createRandom(7).text(24));
    const copy = createRandom();
    copy.restore(first.snapshot());
    expect(copy.text(24)).toBe(first.text(24));
  });

  it('makes ids that do not collide', () => {
    const random = createRandom();
    const ids = new Set(Array.from({ length: 20_000 }, () => random.text(24)));
    expect(ids.size).toBe(20_000);
  });

  it('shuffles without losing anything', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const mixed = createRandom(3).shuffle(items);
    expect(mixed).not.toEqual(items);
    expect([...mixed].sort((a, b) => a - b)).toEqual(items);
  });
});
