import type { MailOrder } from '../../services/auth/domain/mail-order';
import { makeSeal } from '../../services/auth/providers/seal-order';

const [OLD, NEW] = ['an-old-key-of-at-least-32-characters', 'a-new-key-of-at-least-32-characters'];
const ID = '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa';
const OTHER_ID = '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0ab';
const order: MailOrder = {
  kind: 'sign_up',
  email: 'ada@example.test',
  password: 'correct horse battery',
  metadata: { name: 'Ädä', team: 7 },
};

const { seal, open } = makeSeal([OLD]);

test('opens what it has sealed, and nobody reads it in between', () => {
  const sealed = seal(order, ID);
  expect(open(sealed, ID)).toEqual(order);
  for (const secret of ['ada', 'example', 'correct', 'sign_up', 'team']) {
    expect(sealed.toString('latin1')).not.toContain(secret);
  }
});

test('seals the same differently each time', () => {
  expect(seal(order, ID).equals(seal(order, ID))).toBe(false);
});

test('is as long for every address of that length', () => {
  const lengthOf = (email: string) => seal({ kind: 'recovery', email }, ID).length;
  expect(lengthOf('ada@example.test')).toBe(lengthOf('eve@example.test'));
});

test('opens nowhere but at its own row', () => {
  expect(() => open(seal(order, ID), OTHER_ID)).toThrow();
});

test('opens not at all once a single bit of it has changed', () => {
  const sealed = seal({ kind: 'recovery', email: 'a@b.test' }, ID);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => open(changed, ID)).toThrow();
  }
  for (const length of [0, 8, 20, 36, sealed.length - 1]) {
    expect(() => open(sealed.subarray(0, length), ID)).toThrow();
  }
});

test('keys are rotated: the newest seals, and older ones still open', () => {
  const rotated = makeSeal([NEW, OLD]);
  expect(rotated.open(seal(order, ID), ID)).toEqual(order);
  const fresh = rotated.seal(order, ID);
  expect(makeSeal([NEW]).open(fresh, ID)).toEqual(order);
  expect(() => open(fresh, ID)).toThrow('sealed with a key that is gone');
});
