/**
 * XGrammar in a thread that can be stopped: what it does not support aborts the module, and what is too large for it
 * never ends.
 */
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type * as XGrammar from '@mlc-ai/web-xgrammar';

export interface XGrammarRequest {
  /** JSON text of a schema. */
  schema: string;
  texts: string[];
}

export type XGrammarAnswer = { verdicts: boolean[] } | { refusal: string };

const endToken = 256;
let complaint = '';
// The module writes why it aborts, and warnings.
console.log = () => {};
console.error = (line: unknown) => {
  if (String(line).startsWith('[FATAL]')) complaint = String(line).replace(/^\[FATAL\] \S+ /, '');
};

const { TokenizerInfo, GrammarCompiler, GrammarMatcher } = await loadXGrammar();
const hexadecimal = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0');
const vocabulary = [...Array.from({ length: 256 }, (_, byte) => `<0x${hexadecimal(byte)}>`), '</s>'];
const tokenizer = await TokenizerInfo.createTokenizerInfo(vocabulary, 'byte_fallback', false, endToken + 1, [endToken]);
const compiler = await GrammarCompiler.createGrammarCompiler(tokenizer, false);

parentPort!.on('message', (request: XGrammarRequest) => {
  void judge(request).then((answer) => parentPort!.postMessage(answer));
});

async function judge({ schema, texts }: XGrammarRequest): Promise<XGrammarAnswer> {
  complaint = '';
  try {
    // Any white space, as without it values of no declared type need ", "; undeclared properties and items allowed.
    const grammar = await compiler.compileJSONSchema(schema, true, -1, [',', ':'], false);
    const verdicts: boolean[] = [];
    for (const text of texts) {
      const matcher = await GrammarMatcher.createGrammarMatcher(grammar);
      verdicts.push(acceptsAll(matcher, text));
      matcher.dispose();
    }
    grammar.dispose();
    return { verdicts };
  } catch (error) {
    return { refusal: complaint || String((error as Error).message ?? error) };
  }
}

function acceptsAll(matcher: XGrammar.GrammarMatcher, text: string): boolean {
  for (const byte of new TextEncoder().encode(text)) if (!matcher.acceptToken(byte)) return false;
  return matcher.acceptToken(endToken);
}

/** The package says that it is an ES module, but is a script for browsers that looks for globals of CommonJS. */
async function loadXGrammar(): Promise<typeof XGrammar> {
  const require = createRequire(import.meta.url);
  const browser = globalThis as unknown as { xgrammar: typeof XGrammar };
  Object.assign(globalThis, { require, __filename: require.resolve('@mlc-ai/web-xgrammar') });
  await import('@mlc-ai/web-xgrammar');
  return browser.xgrammar;
}
