import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationExample } from '../dataset/index.js';
import type { JsonValue } from '../toolset/index.js';
import { luhnDigit } from './checksums.js';
import { textsOf } from './example-texts.js';
import { findPersonalData } from './personal-data.js';
import { redactDataset } from './redact-dataset.js';
import { SaidText } from './said-text.js';
import { valueEvidence } from './value-evidence.js';

const example = (content: string, values: Record<string, JsonValue>, line = 1): ConversationExample => ({
  kind: 'conversation',
  messages: [
    { role: 'user', content },
    { role: 'assistant', content: null, toolCalls: [{ name: 'send', arguments: values }] },
  ],
  location: { file: 'data.jsonl', line },
});
const redact = (...examples: ConversationExample[]) =>
  redactDataset(examples).examples.map((one) => {
    const [request, answer] = (one as ConversationExample).messages;
    return [request!.content, answer!.role === 'assistant' ? answer!.toolCalls![0]!.arguments : null];
  });

describe('redactDataset', () => {
  it('writes the same placeholder in the request and in the arguments, in the form of each', () => {
    const [[request, values]] = redact(
      example('text Bob@Acme.com or +1 (212) 736-5000, IBAN DE89 3704 0044 0532 0130 00, card 4539148803436467', {
        to: 'bob@acme.com',
        phone: '2127365000',
        number: 2127365000,
        iban: 'DE89370400440532013000',
        card: 4539148803436467,
        kept: 'acme',
      }),
    ) as [[string, Record<string, JsonValue>]];
    expect(request).toBe(
      'text Alex.adler@example.com or +1 (220) 555-0100, IBAN DE09 0000 0000 0000 0000 01, card 4000000000000010',
    );
    expect(values).toEqual({
      to: 'alex.adler@example.com',
      phone: '2205550100',
      number: 2205550100,
      iban: 'DE09000000000000000001',
      card: 4000000000000010,
      kept: 'acme',
    });
  });

  it('replaces a secret that only one text of the row betrays wherever it stands', () => {
    const [[request, values]] = redact(example('log in, the password is hunter2024', { secret: 'hunter2024' })) as [
      [string, { secret: string }],
    ];
    expect(request).not.toContain('hunter2024');
    expect(request!.endsWith(values!.secret)).toBe(true);
    expect(values!.secret).toMatch(/EXAMPLE$/);
  });

  it('keeps a value what it is through all rows, and two values two', () => {
    const rows = redact(
      example('mail a@mail.org', { to: 'a@mail.org' }),
      example('mail b@mail.org', { to: 'b@mail.org' }),
      example('mail a@mail.org again', { to: 'a@mail.org' }),
    ) as [string, { to: string }][];
    expect(rows[0]![1].to).toBe(rows[2]![1].to);
    expect(rows[0]![1].to).not.toBe(rows[1]![1].to);
  });

  it('counts what was replaced, and leaves everything else alone', () => {
    const plain = example('turn on 2 lights', { count: 2, deep: [{ room: 'x' }] });
    expect(redactDataset([plain])).toEqual({ examples: [plain], replaced: {} });
    const { examples, replaced } = redactDataset([
      { kind: 'intent', text: 'mail a@mail.org from 8.8.8.8', intent: 'mail', location: { file: 'x', line: 1 } },
    ]);
    expect(replaced).toEqual({ email: 1, ip: 1 });
    expect(examples[0]).toMatchObject({ text: 'mail alex.adler@example.com from 192.0.2.1', intent: 'mail' });
  });

  it('leaves nothing to be found, and what was grounded grounded', () => {
    const digits = (length: number) => fc.stringMatching(new RegExp(`^[2-9]\\d{${length - 1}}$`));
    const value = fc.oneof(
      fc
        .tuple(fc.stringMatching(/^[a-z]{2,6}$/), fc.stringMatching(/^[A-Za-z]{2,6}$/))
        .map(([name, host]) => `${name}@${host}.org`),
      fc.tuple(digits(3), digits(3), digits(4)).map((parts) => `+1 ${parts.join('-')}`),
      digits(14).map((number) => `4${number}${luhnDigit(`4${number}`)}`),
      fc.tuple(fc.integer({ min: 11, max: 99 }), fc.nat(255), fc.nat(255)).map(([a, b, c]) => `${a}.${b}.${c}.7`),
      fc.stringMatching(/^sk_live_[a-z0-9]{20}$/),
    );
    const rows = fc.array(fc.array(value, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, (rows) => {
        const examples = rows.map((values, line) =>
          example(
            `please send ${values.join(' and ')} over`,
            Object.fromEntries(values.map((one, index) => [`v${index}`, one])),
            line,
          ),
        );
        const known = new Map<string, string>();
        for (const [index, one] of redactDataset(examples).examples.entries()) {
          expect([...textsOf(one)].flatMap(findPersonalData)).toEqual([]);
          const [request, answer] = (one as ConversationExample).messages;
          const said = new SaidText([request!.content!]);
          const values = answer!.role === 'assistant' ? Object.values(answer!.toolCalls![0]!.arguments) : [];
          for (const [place, replaced] of (values as string[]).entries()) {
            expect(valueEvidence(replaced, said, { name: '' })).toBe('span');
            const original = rows[index]![place]!;
            expect(known.get(original) ?? replaced).toBe(replaced);
            known.set(original, replaced);
          }
        }
      }),
    );
  });
});
