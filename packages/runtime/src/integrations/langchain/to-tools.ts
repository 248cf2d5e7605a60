import type { BindToolsInput } from '@langchain/core/language_models/chat_models';
import { convertToOpenAITool, isLangChainTool } from '@langchain/core/utils/function_calling';
import type { JsonObject, Tool } from '@tooltune/sdk';
import type { ToolChoice } from '../../constraint/index.js';
import { RuntimeError } from '../../runtime-error.js';

/** Tools of LangChain, or as OpenAI writes them. @throws RuntimeError for what is neither */
export function toTools(tools: readonly BindToolsInput[]): Tool[] {
  return tools.map((tool) => {
    const known = isLangChainTool(tool) ? convertToOpenAITool(tool) : (tool as { type?: string; function?: unknown });
    if (known.type !== 'function' || typeof known.function !== 'object' || known.function === null) {
      const message = `no tool of LangChain or OpenAI: ${JSON.stringify(tool)}`;
      throw new RuntimeError('runtime/bad-options', message);
    }
    const { name, description, parameters } = known.function as Tool;
    const schema = (parameters ?? { type: 'object', properties: {} }) as JsonObject;
    return { name, ...(description === undefined ? {} : { description }), parameters: schema };
  });
}

/** `any` and `required` mean the same; another text, or an object as OpenAI has it, names a tool. */
export function toToolChoice(choice: string | { function?: { name?: string } } | undefined): ToolChoice | undefined {
  if (choice === undefined || choice === 'auto' || choice === 'none') return choice;
  if (choice === 'any' || choice === 'required') return 'required';
  const name = typeof choice === 'string' ? choice : choice.function?.name;
  if (name === undefined) throw new RuntimeError('runtime/bad-options', `no tool choice: ${JSON.stringify(choice)}`);
  return { name };
}
