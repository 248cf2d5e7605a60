import type { ChatMessage } from '../../dataset/index.js';
import type { Random } from '../../random/index.js';
import { chooseWeighted } from '../choose.js';
import {
  type ComposedRequest,
  type ComposeOptions,
  composeRequest,
  type ToolMaterial,
} from '../templates/compose-request.js';
import type { ValueSource } from '../values/draw-value.js';

/** What rows are made of. */
export interface RowContext {
  random: Random;
  source: ValueSource;
  materials: readonly ToolMaterial[];
  /** How often a tool is drawn, against the others. */
  weightOf(material: ToolMaterial): number;
  /** False for a call that its tool's schema does not allow. */
  isValid(call: ComposedRequest['call']): boolean;
}

/** A conversation that ends with the assistant; undefined where the tools have nothing for it, or chance had not. */
export type RowMaker = (context: RowContext) => ChatMessage[] | undefined;

const tries = 12;

/** A request for a tool, drawn by weight, whose call is valid. */
export function drawRequest(
  context: RowContext,
  options: ComposeOptions & { material?: ToolMaterial } = {},
): ComposedRequest | undefined {
  const { random, source, materials } = context;
  for (let count = 0; count < tries; count++) {
    const material = options.material ?? chooseWeighted(random, materials, context.weightOf);
    const request = composeRequest(material, source, options);
    if (request !== undefined && (options.without !== undefined || context.isValid(request.call))) return request;
  }
  return undefined;
}

export const user = (content: string): ChatMessage => ({ role: 'user', content });
export const says = (content: string): ChatMessage => ({ role: 'assistant', content });
export const calls = (...toolCalls: ComposedRequest['call'][]): ChatMessage => ({
  role: 'assistant',
  content: null,
  toolCalls,
});
